/* Runs a command and fails, or kills it at, one of its system calls that write.
 *
 *   inject AT WHAT LOG COMMAND...
 *
 * AT is the number of the call, from 1; WHAT is kill, ENOSPC or EIO at that call, or EROFS from that
 * call on; "noexchange" before it, as in noexchange,kill, lets no exchange of two names succeed, as
 * on file systems that know none. The name of every such call is written to LOG, one a line, with a
 * + before the one that was made to fail. The exit code is the command's, 128 and more for a signal,
 * 125 where the system does not let one program decide on the calls of another.
 *
 * The kernel asks before each call (seccomp_unotify(2)), so that no call is missed that a library
 * makes without libc.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALL(name) { SYS_##name, #name }
static const struct { int number; const char *name; } calls[] = {
#ifdef SYS_open /* other than x86-64 has only those with "at" */
    CALL(open), CALL(creat), CALL(mkdir), CALL(rmdir), CALL(rename), CALL(link), CALL(unlink),
    CALL(symlink), CALL(chmod),
#endif
#ifdef SYS_renameat
    CALL(renameat),
#endif
    CALL(openat), CALL(mkdirat), CALL(renameat2), CALL(linkat), CALL(unlinkat), CALL(symlinkat),
    CALL(write), CALL(writev), CALL(pwrite64), CALL(sendfile), CALL(copy_file_range), CALL(fsync),
    CALL(fdatasync), CALL(ftruncate), CALL(fallocate), CALL(fchmod), CALL(fchmodat), CALL(utimensat),
};
enum { CALLS = sizeof calls / sizeof *calls };

static const char *name_of(int number) {
    for (int i = 0; i < CALLS; i++)
        if (calls[i].number == number) return calls[i].name;
    return "?";
}

/* Asks about the calls above; all others pass. */
static int listen_to_calls(void) {
    static struct sock_filter filter[CALLS + 3];
    int n = 0;
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (int i = 0; i < CALLS; i++)
        filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i].number, CALLS - i, 0);
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    struct sock_fprog program = { n, filter };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return -1;
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

/* sendmsg and recvmsg are not among the calls that are asked about. */
static void send_fd(int socket, int fd) {
    char byte = fd < 0, control[CMSG_SPACE(sizeof fd)] = { 0 };
    struct iovec data = { &byte, 1 };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };
    if (fd >= 0) {
        message.msg_control = control, message.msg_controllen = sizeof control;
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET, head->cmsg_type = SCM_RIGHTS, head->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(head), &fd, sizeof fd);
    }
    sendmsg(socket, &message, 0);
}

static int receive_fd(int socket) {
    char byte, control[CMSG_SPACE(sizeof(int))];
    struct iovec data = { &byte, 1 };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = control,
                              .msg_controllen = sizeof control };
    if (recvmsg(socket, &message, 0) <= 0 || !CMSG_FIRSTHDR(&message)) return -1;
    int fd;
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    return fd;
}

/* Whether a call changes anything on a disk. */
static int writes(const struct seccomp_data *call) {
    const char *name = name_of(call->nr);
    if (!strcmp(name, "write") || !strcmp(name, "writev")) return call->args[0] > 2;
    if (!strcmp(name, "openat")) return (call->args[2] & O_CREAT) != 0;
    if (!strcmp(name, "open")) return (call->args[1] & O_CREAT) != 0;
    return 1;
}

int main(int count, char **words) {
    if (count < 5) return 124;
    long at = atol(words[1]), seen = 0;
    const char *what = words[2];
    int no_exchange = !strncmp(what, "noexchange", 10);
    if (no_exchange) what += what[10] == ',' ? 11 : 10;
    FILE *log = fopen(words[3], "w");
    int pair[2];
    if (!log || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair)) return 124;
    pid_t child = fork();
    if (child == 0) {
        /* Not inherited by the command: each end is closed when it begins. */
        fcntl(pair[0], F_SETFD, FD_CLOEXEC), fcntl(pair[1], F_SETFD, FD_CLOEXEC);
        fcntl(fileno(log), F_SETFD, FD_CLOEXEC);
        int listener = listen_to_calls();
        send_fd(pair[1], listener);
        if (listener < 0) _exit(125);
        close(listener);
        execvp(words[4], words + 4);
        _exit(127);
    }
    close(pair[1]);
    int listener = receive_fd(pair[0]);
    struct pollfd ready = { listener, POLLIN, 0 };
    while (listener >= 0 && poll(&ready, 1, -1) > 0 && (ready.revents & POLLIN)) {
        struct seccomp_notif asked = { 0 };
        struct seccomp_notif_resp answer = { 0 };
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked)) continue;
        answer.id = asked.id;
        answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
        int error = 0;
        if (writes(&asked.data)) {
            seen++;
            int now = seen == at || (seen > at && at > 0 && !strcmp(what, "EROFS"));
            if (now && !strcmp(what, "kill")) kill(child, SIGKILL);
            if (now) error = !strcmp(what, "ENOSPC") ? ENOSPC : !strcmp(what, "EROFS") ? EROFS : EIO;
            if (!error && no_exchange && asked.data.nr == SYS_renameat2) error = EINVAL;
            fprintf(log, "%s%s\n", now ? "+" : "", name_of(asked.data.nr));
        }
        if (error) answer.flags = 0, answer.error = -error;
        ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
    }
    fclose(log);
    int status;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
