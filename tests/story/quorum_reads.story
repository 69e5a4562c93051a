# durability = quorum, 1 of 2 replicas acknowledges: n2 lags, n3 has everything and is cut off.
# n2 alone cannot tell what was acknowledged, so nobody is promoted before n3 is back.
option durability quorum
option sync_replicas 1
settle
lag n2 3000
run 4000
isolate n3
kill n1
run 7000
expect
    [  4024] s3 +sdown master g1 n1 6379
    [  4025] s2 +sdown master g1 n1 6379
    [  4027] s2 +odown master g1 n1 6379 #quorum 2/2
    [  4028] s3 +odown master g1 n1 6379 #quorum 2/2
    [  4028] s3 +new-epoch 1
    [  4028] s3 +try-failover master g1 n1 6379
    [  4028] s3 +vote-for-leader s3 1
    [  4031] s1 +new-epoch 1
    [  4031] s1 +vote-for-leader s3 1
    [  4031] s2 +new-epoch 1
    [  4031] s2 +vote-for-leader s3 1
    [  4032] s3 +elected-leader master g1 n1 6379
    [  4032] s3 +failover-state-select-slave master g1 n1 6379
    [  4032] s1 +sdown master g1 n1 6379
    [  4034] s1 +odown master g1 n1 6379 #quorum 2/2
    [  4759] s2 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  4759] s1 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  4759] s3 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  9332] s3 -failover-abort-replicas-unread master g1 n1 6379 1 of 2 replicas read, 2 needed: n3:6379: down
    [  9335] s1 +new-epoch 2
    [  9335] s1 +try-failover master g1 n1 6379
    [  9335] s1 +vote-for-leader s1 2
    [  9335] s2 +new-epoch 2
    [  9335] s2 +try-failover master g1 n1 6379
    [  9335] s2 +vote-for-leader s2 2
    [  9338] s3 +new-epoch 2
    [  9338] s3 +vote-for-leader s1 2
    [  9339] s1 +elected-leader master g1 n1 6379
    [  9339] s1 +failover-state-select-slave master g1 n1 6379
    [  9339] s2 -failover-abort-not-elected master g1 n1 6379
    [  9767] s2 +new-epoch 3
    [  9767] s2 +try-failover master g1 n1 6379
    [  9767] s2 +vote-for-leader s2 3
    [  9770] s1 +new-epoch 3
    [  9770] s3 +new-epoch 3
    [  9771] s2 -failover-abort-not-elected master g1 n1 6379
    [ 10155] s2 +new-epoch 4
    [ 10155] s2 +try-failover master g1 n1 6379
    [ 10155] s2 +vote-for-leader s2 4
    [ 10158] s1 +new-epoch 4
    [ 10158] s3 +new-epoch 4
    [ 10159] s2 -failover-abort-not-elected master g1 n1 6379
rejoin n3
until +switch-master
expect
    [ 11245] s2 -sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [ 11298] s1 -sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [ 11312] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 it lacks writes that another replica has
    [ 11312] s1 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [ 11312] s1 +fence-armed master g1 n1 6379
    [ 11312] s1 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [ 11312] s1 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [ 11316] s1 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [ 11316] s1 +failover-state-reconf-slaves master g1 n1 6379
    [ 11316] s1 +switch-master g1 n1 6379 n3 6379
    [ 11316] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11316] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11316] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11316] s1 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
run 5000
show g1
expect
    [ 11321] s3 -sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [ 11323] s3 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [ 11323] s3 +config-update-from sentinel s1 s1 26379 @ g1 n1 6379
    [ 11323] s3 +switch-master g1 n1 6379 n3 6379
    [ 11323] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11323] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11323] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11324] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [ 11324] s2 +config-update-from sentinel s1 s1 26379 @ g1 n1 6379
    [ 11324] s2 +switch-master g1 n1 6379 n3 6379
    [ 11324] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11324] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11324] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11326] s1 +role-change master g1 n3 6379 new reported role is master
    [ 11328] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11328] s1 +failover-end master g1 n3 6379
    [ 11328] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [ 11329] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [ 16316] s1 has n3, epoch 2, current 4
    [ 16316] s2 has n3, epoch 2, current 4
    [ 16316] s3 has n3, epoch 2, current 4
    [ 16316] n1 is dead
    [ 16316] n2 follows n3, link up
    [ 16316] n3 is a primary
