//! Volumes: where a claim's volume can be reached, and who else has it.

use expect_test::expect;

use super::check;

#[test]
fn a_bound_claim_keeps_its_pod_in_the_zone_of_its_volume() {
    let zonal = "
nodes: {a: {zone: z1}, b: {zone: z2}}
pod: {volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]}
objects:
- apiVersion: v1
  kind: PersistentVolumeClaim
  metadata: {name: data, namespace: default, annotations: {pv.kubernetes.io/bind-completed: 'yes'}}
  spec: {volumeName: disk, storageClassName: fast, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
- apiVersion: v1
  kind: PersistentVolume
  metadata: {name: disk}
  spec:
    capacity: {storage: 1Gi}
    accessModes: [ReadWriteOnce]
    storageClassName: fast
    claimRef: {name: data, namespace: default}
    csi: {driver: ebs.csi.aws.com, volumeHandle: vol-1}
    nodeAffinity:
      required: {nodeSelectorTerms: [{matchExpressions: [{key: topology.kubernetes.io/zone, operator: In, values: [z1]}]}]}
";
    check(
        "VolumeBinding",
        zonal,
        &expect![[r#"
        a: fits
        b: refused by VolumeBinding, node(s) didn't match PersistentVolume's node affinity
    "#]],
    );
}

#[test]
fn a_claim_that_is_missing_refuses_every_node() {
    let missing = "
nodes: {a: {}}
pod: {volumes: [{name: data, persistentVolumeClaim: {claimName: gone}}]}
";
    check(
        "VolumeBinding",
        missing,
        &expect![[r#"
        every node: refused by VolumeRestrictions, persistentvolumeclaim "gone" not found
    "#]],
    );
}
