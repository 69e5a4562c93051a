# The voter's disk takes 600 ms for a commit: its vote comes as late, since it must be durable
# first. Its probes do not wait: it sees the primary go like the others.
settle
kill s2
run 4000
expect
    [  1009] s3 +sdown sentinel s2 s2 26379 @ g1 n1 6379
    [  1009] s1 +sdown sentinel s2 s2 26379 @ g1 n1 6379
disk s1 600
kill n1
run 3000
expect
    [  4026] s3 +sdown master g1 n1 6379
    [  4032] s1 +sdown master g1 n1 6379
    [  4034] s1 +odown master g1 n1 6379 #quorum 2/2
    [  4037] s3 +odown master g1 n1 6379 #quorum 2/2
    [  4037] s3 +new-epoch 1
    [  4037] s3 +try-failover master g1 n1 6379
    [  4037] s3 +vote-for-leader s3 1
    [  4638] s1 +new-epoch 1
    [  4638] s1 +vote-for-leader s3 1
    [  4639] s3 +elected-leader master g1 n1 6379
    [  4639] s3 +failover-state-select-slave master g1 n1 6379
    [  4639] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  4639] s3 +fence-armed master g1 n1 6379
    [  4639] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [  4639] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [  4643] s3 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  4643] s3 +failover-state-reconf-slaves master g1 n1 6379
    [  4643] s3 +switch-master g1 n1 6379 n3 6379
    [  4643] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  4643] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  4643] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  4643] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [  4645] s3 +role-change master g1 n3 6379 new reported role is master
    [  4646] s1 -odown master g1 n1 6379
    [  4655] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  4655] s3 +failover-end master g1 n3 6379
    [  5248] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  5248] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [  5248] s1 +switch-master g1 n1 6379 n3 6379
    [  5248] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  5248] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  5248] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  5248] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
show g1
expect
    [  7000] s1 has n3, epoch 1, current 1
    [  7000] s2 does not answer
    [  7000] s3 has n3, epoch 1, current 1
    [  7000] n1 is dead
    [  7000] n2 follows n3, link up
    [  7000] n3 is a primary
