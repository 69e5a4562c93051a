# Strict fencing, switched on while s3 cannot reach the primary: s3 does not know what that one needs
# to accept writes. It would be the first to lead (see kill.story), and could not promote anybody; so
# it leaves the failover to those who know.
option min_replicas 2
option max_lag_s 1
settle
cut s3 n1
run 3000
set s1 g1 fencing strict
set s2 g1 fencing strict
set s3 g1 fencing strict
run 5000
expect
    [   754] s3 +sdown master g1 n1 6379
    [  3002] s1 +set master g1 n1 6379 fencing strict
    [  3002] s1 replies: OK
    [  3002] s2 +set master g1 n1 6379 fencing strict
    [  3002] s2 replies: OK
    [  3002] s3 +set master g1 n1 6379 fencing strict
    [  3002] s3 replies: OK
kill n1 power
run 8000
expect
    [  8754] s1 +sdown master g1 n1 6379
    [  8754] s2 +sdown master g1 n1 6379
    [  8756] s3 +odown master g1 n1 6379 #quorum 2/2
    [  8756] s1 +odown master g1 n1 6379 #quorum 2/2
    [  8756] s2 +odown master g1 n1 6379 #quorum 2/2
    [  8788] s1 +new-epoch 1
    [  8788] s1 +try-failover master g1 n1 6379
    [  8788] s1 +vote-for-leader s1 1
    [  8791] s2 +new-epoch 1
    [  8791] s2 +vote-for-leader s1 1
    [  8791] s3 +new-epoch 1
    [  8791] s3 +vote-for-leader s1 1
    [  8792] s1 +elected-leader master g1 n1 6379
    [  8792] s1 +failover-state-select-slave master g1 n1 6379
    [  8792] s1 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  8792] s1 +fence-armed master g1 n1 6379
    [  8792] s1 +fence-waits master g1 n1 6379 replicas that cannot be reached may still follow the old primary
    [ 12294] s1 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [ 12294] s1 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [ 12298] s1 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [ 12298] s1 +failover-state-reconf-slaves master g1 n1 6379
    [ 12298] s1 +switch-master g1 n1 6379 n3 6379
    [ 12298] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [ 12298] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [ 12298] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [ 12298] s1 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [ 12298] s1 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [ 12300] s1 +role-change master g1 n3 6379 new reported role is master
    [ 12305] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [ 12305] s2 +config-update-from sentinel s1 s1 26379 @ g1 n1 6379
    [ 12305] s2 +switch-master g1 n1 6379 n3 6379
    [ 12305] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [ 12305] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [ 12305] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [ 12305] s2 +fence-armed slave n1:6379 n1 6379 @ g1 n3 6379
    [ 12305] s3 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [ 12305] s3 +config-update-from sentinel s1 s1 26379 @ g1 n1 6379
    [ 12305] s3 +switch-master g1 n1 6379 n3 6379
    [ 12305] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [ 12305] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [ 12305] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [ 12305] s3 +fence-armed slave n1:6379 n1 6379 @ g1 n3 6379
    [ 12706] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [ 12706] s1 +failover-end master g1 n3 6379
    [ 13309] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [ 13309] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
show g1
expect
    [ 16000] s1 has n3, epoch 1, current 1
    [ 16000] s2 has n3, epoch 1, current 1
    [ 16000] s3 has n3, epoch 1, current 1
    [ 16000] n1 is dead
    [ 16000] n2 follows n3, link up
    [ 16000] n3 is a primary
