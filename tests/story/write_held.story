# The primary holds writes back, as in CLIENT PAUSE, for longer than any pause of a switchover: it
# counts when a second connection meets the same.
option write_probe_ms 200
option write_down_after_ms 1000
settle
hold n1 1
run 3000
hold n1 0
run 2000
expect
hold n1 1
run 5000
expect
    [  9001] s1 +write-fault master g1 n1 6379 writes are held back, for 4000 ms
    [  9001] s1 +sdown master g1 n1 6379
    [  9001] s2 +write-fault master g1 n1 6379 writes are held back, for 4000 ms
    [  9001] s2 +sdown master g1 n1 6379
    [  9001] s3 +write-fault master g1 n1 6379 writes are held back, for 4000 ms
    [  9001] s3 +sdown master g1 n1 6379
    [  9003] s1 +odown master g1 n1 6379 #quorum 2/2
    [  9003] s2 +odown master g1 n1 6379 #quorum 2/2
    [  9005] s3 +odown master g1 n1 6379 #quorum 2/2
    [  9005] s3 +new-epoch 1
    [  9005] s3 +try-failover master g1 n1 6379
    [  9005] s3 +vote-for-leader s3 1
    [  9008] s1 +new-epoch 1
    [  9008] s1 +vote-for-leader s3 1
    [  9008] s2 +new-epoch 1
    [  9008] s2 +vote-for-leader s3 1
    [  9009] s3 +elected-leader master g1 n1 6379
    [  9009] s3 +failover-state-select-slave master g1 n1 6379
    [  9009] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  9011] s3 +switchover-paused master g1 n1 6379 for at most 3000 ms, at offset 3000
    [  9013] s3 +switchover-caught-up slave n3:6379 n3 6379 @ g1 n1 6379 in 4 ms
    [  9015] s1 -write-fault master g1 n1 6379
    [  9015] s2 -write-fault master g1 n1 6379
    [  9015] s3 -write-fault master g1 n1 6379
    [  9015] s3 -sdown master g1 n1 6379
    [  9015] s3 -odown master g1 n1 6379
    [  9015] s3 +switchover-demoted master g1 n1 6379
    [  9015] s3 -role-change master g1 n1 6379 new reported role is slave
    [  9015] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [  9015] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [  9019] s3 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  9019] s3 +failover-state-reconf-slaves master g1 n1 6379
    [  9019] s3 +switch-master g1 n1 6379 n3 6379
    [  9019] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  9019] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  9026] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  9026] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [  9026] s1 +switch-master g1 n1 6379 n3 6379
    [  9026] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  9026] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  9026] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  9026] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  9026] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [  9026] s2 +switch-master g1 n1 6379 n3 6379
    [  9026] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  9026] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  9026] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  9026] s2 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  9027] s1 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  9029] s2 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [  9029] s2 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [  9031] s3 +role-change master g1 n3 6379 new reported role is master
    [  9031] s3 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [  9031] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [  9031] s1 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [  9031] s1 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [  9035] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [  9042] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  9046] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  9121] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  9121] s3 +failover-end master g1 n3 6379
