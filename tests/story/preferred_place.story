# Both replicas have everything. n2 has the better priority, n3 is in the better place.
option prefer n3
settle
priority n2 1
run 11000
kill n1
run 1000
expect
    [ 11024] s3 +sdown master g1 n1 6379
    [ 11025] s2 +sdown master g1 n1 6379
    [ 11027] s2 +odown master g1 n1 6379 #quorum 2/2
    [ 11028] s3 +odown master g1 n1 6379 #quorum 2/2
    [ 11028] s3 +new-epoch 1
    [ 11028] s3 +try-failover master g1 n1 6379
    [ 11028] s3 +vote-for-leader s3 1
    [ 11031] s1 +new-epoch 1
    [ 11031] s1 +vote-for-leader s3 1
    [ 11031] s2 +new-epoch 1
    [ 11031] s2 +vote-for-leader s3 1
    [ 11032] s3 +elected-leader master g1 n1 6379
    [ 11032] s3 +failover-state-select-slave master g1 n1 6379
    [ 11032] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [ 11032] s3 +fence-armed master g1 n1 6379
    [ 11032] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [ 11032] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [ 11032] s1 +sdown master g1 n1 6379
    [ 11034] s1 +odown master g1 n1 6379 #quorum 2/2
    [ 11036] s3 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [ 11036] s3 +failover-state-reconf-slaves master g1 n1 6379
    [ 11036] s3 +switch-master g1 n1 6379 n3 6379
    [ 11036] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11036] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11036] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11036] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11040] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11042] s3 +role-change master g1 n3 6379 new reported role is master
    [ 11043] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [ 11043] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [ 11043] s1 +switch-master g1 n1 6379 n3 6379
    [ 11043] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11043] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11043] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11043] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [ 11043] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [ 11043] s2 +switch-master g1 n1 6379 n3 6379
    [ 11043] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11043] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11043] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11048] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11050] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11130] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11130] s3 +failover-end master g1 n3 6379
show g1
expect
    [ 12000] s1 has n3, epoch 1, current 1
    [ 12000] s2 has n3, epoch 1, current 1
    [ 12000] s3 has n3, epoch 1, current 1
    [ 12000] n1 is dead
    [ 12000] n2 follows n3, link up
    [ 12000] n3 is a primary
