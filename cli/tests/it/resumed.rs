//! Sweeps that are killed at random moments and go on: they say what they would have said at once.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use super::support::{Place, small, spotsim, stderr, stdout};

/// How often each command is killed.
const KILLS: u32 = 20;

/// How long the file of finished settings is.
fn length(place: &Place) -> u64 {
    fs::metadata(place.path("kept")).map_or(0, |it| it.len())
}

#[test]
fn a_sweep_that_is_killed_again_and_again_says_the_same() {
    let place = Place::with("s.yaml", &(small("7d", 4, 10) + "expect: [pending.censored == 0]\n"));
    let vary = ["--vary", "pools[0].count=2..9:1", "-o", "json"];
    let mut random = 1_u64;
    for command in [["sweep", "s.yaml", "-n", "40"], ["optimize", "s.yaml", "-n", "64"]] {
        let at_once = [&command[..], &vary].concat();
        let whole = place.spotsim(&at_once);
        assert!(whole.status.success(), "{}", stderr(&whole));
        let resumed = [&at_once[..], &["--resume", "kept"]].concat();
        let (mut kills, mut kept) = (0, 0);
        while kills < KILLS {
            let mut child = spotsim(place.path("s.yaml").parent().unwrap());
            // A pipe that is not read would hold the answer up.
            let answer = fs::File::create(place.path("answer")).unwrap();
            child.args(&resumed).stdout(answer).stderr(Stdio::piped());
            let mut child = child.spawn().unwrap();
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            // Every other time at a random moment, and else soon after something more was finished.
            if kills % 2 == 1 {
                let before = length(&place);
                while length(&place) <= before && child.try_wait().unwrap().is_none() {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
            std::thread::sleep(Duration::from_millis(4 + (random >> 33) % 100));
            // `kill` of the standard library is SIGKILL.
            kills += u32::from(child.kill().is_ok() && child.try_wait().unwrap().is_none());
            let output = child.wait_with_output().unwrap();
            kept += u32::from(stderr(&output).contains("goes on from"));
            if output.status.success() {
                let answer = fs::read_to_string(place.path("answer")).unwrap();
                assert_eq!(answer, stdout(&whole), "{command:?}");
            }
        }
        let output = place.spotsim(&resumed);
        assert_eq!(stdout(&output), stdout(&whole), "{command:?}");
        assert!(kept > 0, "{command:?}: it never went on");
        assert!(!place.path("kept").exists(), "{command:?}");
    }
}

#[test]
fn settings_of_another_sweep_are_refused_and_stay() {
    let place = Place::with("s.yaml", &small("1d", 4, 10));
    let sweep = ["sweep", "s.yaml", "-n", "3", "-q", "--resume", "kept", "--vary"];
    fs::write(place.path("kept"), "something else\n").unwrap();
    let output = place.spotsim(&[&sweep[..], &["pools[0].count=2,3"]].concat());
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("it is no file of replications"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(place.path("kept")).unwrap(), "something else\n");
}
