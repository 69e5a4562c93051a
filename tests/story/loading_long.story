# A primary is restarted and loads its data. What it says of how long that takes decides: it keeps
# its role as long as it will be back soon, else a replica takes over, and it comes back as a replica.
option crash_detection off
option loading_max_ms 3000
settle
kill n1
start n1 2000
run 3000
expect
    [    14] s3 +reboot master g1 n1 6379
    [    15] s2 +reboot master g1 n1 6379
    [    15] s1 +reboot master g1 n1 6379
kill n1
start n1 20000
run 2000
expect
    [  3012] s1 +reboot master g1 n1 6379
    [  3012] s1 +loading-long master g1 n1 6379 loading for 2 ms, and 20000 ms more; n2:6379 can take over
    [  3012] s1 +sdown master g1 n1 6379
    [  3015] s2 +reboot master g1 n1 6379
    [  3015] s3 +reboot master g1 n1 6379
    [  3015] s2 +loading-long master g1 n1 6379 loading for 2 ms, and 20000 ms more; n2:6379 can take over
    [  3015] s2 +sdown master g1 n1 6379
    [  3015] s3 +loading-long master g1 n1 6379 loading for 2 ms, and 20000 ms more; n2:6379 can take over
    [  3015] s3 +sdown master g1 n1 6379
    [  3017] s2 +odown master g1 n1 6379 #quorum 2/2
    [  3018] s1 +odown master g1 n1 6379 #quorum 2/2
    [  3019] s3 +odown master g1 n1 6379 #quorum 2/2
    [  3019] s3 +new-epoch 1
    [  3019] s3 +try-failover master g1 n1 6379
    [  3019] s3 +vote-for-leader s3 1
    [  3022] s1 +new-epoch 1
    [  3022] s1 +vote-for-leader s3 1
    [  3022] s2 +new-epoch 1
    [  3022] s2 +vote-for-leader s3 1
    [  3023] s3 +elected-leader master g1 n1 6379
    [  3023] s3 +failover-state-select-slave master g1 n1 6379
    [  3027] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  3027] s3 +fence-armed master g1 n1 6379
    [  3027] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [  3027] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [  3031] s3 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  3031] s3 +failover-state-reconf-slaves master g1 n1 6379
    [  3031] s3 +switch-master g1 n1 6379 n3 6379
    [  3031] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  3031] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  3031] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  3033] s3 +role-change master g1 n3 6379 new reported role is master
    [  3033] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [  3034] s3 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  3038] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  3038] s1 -sdown master g1 n1 6379
    [  3038] s1 -odown master g1 n1 6379
    [  3038] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [  3038] s1 +switch-master g1 n1 6379 n3 6379
    [  3038] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  3038] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  3039] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  3041] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  3041] s2 -sdown master g1 n1 6379
    [  3041] s2 -odown master g1 n1 6379
    [  3041] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [  3041] s2 +switch-master g1 n1 6379 n3 6379
    [  3041] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  3041] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  3045] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  3046] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
show g1
run 20000
show g1
expect
    [  5000] s1 has n3, epoch 1, current 1
    [  5000] s2 has n3, epoch 1, current 1
    [  5000] s3 has n3, epoch 1, current 1
    [  5000] n1 is a primary
    [  5000] n2 follows n3, link up
    [  5000] n3 is a primary
    [ 23014] s1 +convert-to-slave slave n1:6379 n1 6379 @ g1 n3 6379
    [ 23016] s3 +failover-end master g1 n3 6379
    [ 23026] s1 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [ 23026] s1 +slave-reconf-inprog slave n1:6379 n1 6379 @ g1 n3 6379
    [ 23030] s3 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [ 23032] s2 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [ 23522] s1 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [ 24030] s2 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [ 24040] s3 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [ 25000] s1 has n3, epoch 1, current 1
    [ 25000] s2 has n3, epoch 1, current 1
    [ 25000] s3 has n3, epoch 1, current 1
    [ 25000] n1 follows n3, link up
    [ 25000] n2 follows n3, link up
    [ 25000] n3 is a primary
