# n2 is preferred and on its way when n3, promoted in its place, dies as well: what n2 lacks may be
# gone then, but there is nobody else, and nobody insists on a switchover from a dead primary.
write_rate 1000
settle
priority n2 1
lag n2 200
run 11000
kill n1
until s3 +catch-up
kill n3
run 5000
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
    [ 11032] s3 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 200 bytes behind the most advanced replica
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
    [ 11036] s3 +catch-up slave n2:6379 n2 6379 @ g1 n3 6379 preferred; it takes over if it has all data within 3000 ms
    [ 11036] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11040] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11041] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [ 11041] s1 +switch-master g1 n1 6379 n3 6379
    [ 11041] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11041] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11041] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11041] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [ 11041] s2 +switch-master g1 n1 6379 n3 6379
    [ 11041] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11041] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11041] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11047] s1 +sdown master g1 n3 6379
    [ 11051] s2 +sdown master g1 n3 6379
    [ 11053] s2 +odown master g1 n3 6379 #quorum 2/2
    [ 11054] s1 +odown master g1 n3 6379 #quorum 2/2
    [ 11068] s3 +sdown master g1 n3 6379
    [ 11068] s3 -catch-up slave n2:6379 n2 6379 @ g1 n3 6379 the primary is down
    [ 11072] s3 +odown master g1 n3 6379 #quorum 2/2
    [ 11072] s3 +new-epoch 2
    [ 11072] s3 +try-failover master g1 n3 6379
    [ 11072] s3 +vote-for-leader s3 2
    [ 11075] s1 +new-epoch 2
    [ 11075] s1 +vote-for-leader s3 2
    [ 11075] s2 +new-epoch 2
    [ 11075] s2 +vote-for-leader s3 2
    [ 11076] s3 +elected-leader master g1 n3 6379
    [ 11076] s3 +failover-state-select-slave master g1 n3 6379
    [ 11076] s3 -candidate-refused slave n1:6379 n1 6379 @ g1 n3 6379 down
    [ 11076] s3 +selected-slave slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11076] s3 +fence-armed master g1 n3 6379
    [ 11076] s3 +failover-state-send-slaveof-noone slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11076] s3 +failover-state-wait-promotion slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11080] s3 +promoted-slave slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11080] s3 +failover-state-reconf-slaves master g1 n3 6379
    [ 11080] s3 +switch-master g1 n3 6379 n2 6379
    [ 11080] s3 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [ 11080] s3 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [ 11080] s3 +slave slave n3:6379 n3 6379 @ g1 n2 6379
    [ 11080] s3 +sdown slave n3:6379 n3 6379 @ g1 n2 6379
    [ 11080] s3 +failover-end master g1 n2 6379
    [ 11086] s3 +role-change master g1 n2 6379 new reported role is master
    [ 11087] s1 -role-change slave n2:6379 n2 6379 @ g1 n3 6379 new reported role is master
    [ 11087] s1 +config-update-from sentinel s3 s3 26379 @ g1 n3 6379
    [ 11087] s1 +switch-master g1 n3 6379 n2 6379
    [ 11087] s1 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [ 11087] s1 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [ 11087] s1 +slave slave n3:6379 n3 6379 @ g1 n2 6379
    [ 11087] s1 +sdown slave n3:6379 n3 6379 @ g1 n2 6379
    [ 11087] s2 -role-change slave n2:6379 n2 6379 @ g1 n3 6379 new reported role is master
    [ 11087] s2 +config-update-from sentinel s3 s3 26379 @ g1 n3 6379
    [ 11087] s2 +switch-master g1 n3 6379 n2 6379
    [ 11087] s2 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [ 11087] s2 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [ 11087] s2 +slave slave n3:6379 n3 6379 @ g1 n2 6379
    [ 11087] s2 +sdown slave n3:6379 n3 6379 @ g1 n2 6379
show g1
expect
    [ 16036] s1 has n2, epoch 2, current 2
    [ 16036] s2 has n2, epoch 2, current 2
    [ 16036] s3 has n2, epoch 2, current 2
    [ 16036] n1 is dead
    [ 16036] n2 is a primary
    [ 16036] n3 is dead
