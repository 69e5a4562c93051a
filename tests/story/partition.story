# s1 and the primary on one side, the majority on the other. After the heal s1 learns of the switch
# and the old primary is demoted.
settle
cut s1 s2
cut s1 s3
cut s1 n2
cut s1 n3
cut n1 s2
cut n1 s3
cut n1 n2
cut n1 n3
run 5000
show g1
expect
    [   754] s2 +sdown master g1 n1 6379
    [   754] s3 +sdown master g1 n1 6379
    [   756] s2 +odown master g1 n1 6379 #quorum 2/2
    [   758] s3 +odown master g1 n1 6379 #quorum 2/2
    [   758] s3 +new-epoch 1
    [   758] s3 +try-failover master g1 n1 6379
    [   758] s3 +vote-for-leader s3 1
    [   759] s1 +sdown slave n2:6379 n2 6379 @ g1 n1 6379
    [   759] s1 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [   761] s2 +new-epoch 1
    [   761] s2 +vote-for-leader s3 1
    [   762] s3 +elected-leader master g1 n1 6379
    [   762] s3 +failover-state-select-slave master g1 n1 6379
    [   762] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [   762] s3 +fence-armed master g1 n1 6379
    [   762] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [   762] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [   766] s3 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [   766] s3 +failover-state-reconf-slaves master g1 n1 6379
    [   766] s3 +switch-master g1 n1 6379 n3 6379
    [   766] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [   766] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [   766] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [   766] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [   769] s2 -odown master g1 n1 6379
    [   770] s3 +role-change master g1 n3 6379 new reported role is master
    [   770] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [   773] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [   773] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [   773] s2 +switch-master g1 n1 6379 n3 6379
    [   773] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [   773] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [   773] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [   773] s2 +fence-armed slave n1:6379 n1 6379 @ g1 n3 6379
    [   780] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [   780] s3 +failover-end master g1 n3 6379
    [   782] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  1009] s2 +sdown sentinel s1 s1 26379 @ g1 n3 6379
    [  1009] s3 +sdown sentinel s1 s1 26379 @ g1 n3 6379
    [  1009] s1 +sdown sentinel s2 s2 26379 @ g1 n1 6379
    [  1009] s1 +sdown sentinel s3 s3 26379 @ g1 n1 6379
    [  4016] s1 +writes-taken master g1 n1 6379
    [  5000] s1 has n1, epoch 0, current 0
    [  5000] s2 has n3, epoch 1, current 1
    [  5000] s3 has n3, epoch 1, current 1
    [  5000] n1 is a primary
    [  5000] n2 follows n3, link up
    [  5000] n3 is a primary
heal s1 s2
heal s1 s3
heal s1 n2
heal s1 n3
heal n1 s2
heal n1 s3
heal n1 n2
heal n1 n3
run 5000
expect
    [  5055] s1 +new-epoch 1
    [  5057] s2 -sdown sentinel s1 s1 26379 @ g1 n3 6379
    [  5058] s1 -sdown sentinel s2 s2 26379 @ g1 n1 6379
    [  5066] s1 -sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  5066] s3 -sdown sentinel s1 s1 26379 @ g1 n3 6379
    [  5066] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  5069] s1 -sdown sentinel s3 s3 26379 @ g1 n1 6379
    [  5071] s1 -sdown slave n2:6379 n2 6379 @ g1 n1 6379
    [  5307] s1 +config-update-from sentinel s2 s2 26379 @ g1 n1 6379
    [  5307] s1 +switch-master g1 n1 6379 n3 6379
    [  5307] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  5307] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  5307] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  5564] s1 +convert-to-slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  5566] s1 +divergent-tail slave n1:6379 n1 6379 @ g1 n3 6379 4017 bytes from offset 1001 that only it has, written within 261 ms
    [  5570] s1 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [  5570] s1 +slave-reconf-inprog slave n1:6379 n1 6379 @ g1 n3 6379
    [  5645] s1 -writes-taken slave n1:6379 n1 6379 @ g1 n3 6379
    [  5711] s2 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  5715] s2 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [  6061] s3 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  6065] s3 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [  6078] s1 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [  6458] s3 +divergent-tail slave n1:6379 n1 6379 @ g1 n3 6379 4017 bytes from offset 1001 that only it has, written within 5702 ms
    [  7059] s2 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [  7063] s3 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
show g1
expect
    [ 10000] s1 has n3, epoch 1, current 1
    [ 10000] s2 has n3, epoch 1, current 1
    [ 10000] s3 has n3, epoch 1, current 1
    [ 10000] n1 follows n3, link up
    [ 10000] n2 follows n3, link up
    [ 10000] n3 is a primary
