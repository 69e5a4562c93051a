# A replica in maintenance: that it is down is not told, and it is not promoted, though it is back
# and the better one. What goes on when that ends is told then.
settle
maintain s1 n2 20000
maintain s2 n2 20000
maintain s3 n2 20000
maintain s1 n1 20000
run 500
expect
    [     2] s1 +maintenance slave n2:6379 n2 6379 @ g1 n1 6379 for 20 s
    [     2] s1 replies: OK
    [     2] s1 replies: is the primary
    [     2] s2 +maintenance slave n2:6379 n2 6379 @ g1 n1 6379 for 20 s
    [     2] s2 replies: OK
    [     2] s3 +maintenance slave n2:6379 n2 6379 @ g1 n1 6379 for 20 s
    [     2] s3 replies: OK
priority n2 1
kill n2
run 3000
expect
start n2
run 12000
kill n1
until +switch-master
run 1000
expect
    [  3645] s1 +reboot slave n2:6379 n2 6379 @ g1 n1 6379
    [  3743] s3 +reboot slave n2:6379 n2 6379 @ g1 n1 6379
    [  4134] s2 +reboot slave n2:6379 n2 6379 @ g1 n1 6379
    [ 15525] s1 +sdown master g1 n1 6379
    [ 15528] s3 +sdown master g1 n1 6379
    [ 15531] s1 +odown master g1 n1 6379 #quorum 2/2
    [ 15532] s3 +odown master g1 n1 6379 #quorum 2/2
    [ 15532] s3 +new-epoch 1
    [ 15532] s3 +try-failover master g1 n1 6379
    [ 15532] s3 +vote-for-leader s3 1
    [ 15535] s1 +new-epoch 1
    [ 15535] s1 +vote-for-leader s3 1
    [ 15535] s2 +new-epoch 1
    [ 15535] s2 +vote-for-leader s3 1
    [ 15535] s2 +sdown master g1 n1 6379
    [ 15536] s3 +elected-leader master g1 n1 6379
    [ 15536] s3 +failover-state-select-slave master g1 n1 6379
    [ 15536] s3 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 in maintenance
    [ 15536] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [ 15536] s3 +fence-armed master g1 n1 6379
    [ 15536] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [ 15536] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [ 15537] s2 +odown master g1 n1 6379 #quorum 2/2
    [ 15540] s3 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [ 15540] s3 +failover-state-reconf-slaves master g1 n1 6379
    [ 15540] s3 +switch-master g1 n1 6379 n3 6379
    [ 15540] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [ 15540] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [ 15540] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [ 15540] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [ 15544] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [ 15546] s3 +role-change master g1 n3 6379 new reported role is master
    [ 15547] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [ 15547] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [ 15547] s1 +switch-master g1 n1 6379 n3 6379
    [ 15547] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [ 15547] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [ 15547] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [ 15547] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [ 15547] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [ 15547] s2 +switch-master g1 n1 6379 n3 6379
    [ 15547] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [ 15547] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [ 15547] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [ 15552] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [ 15556] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [ 15634] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [ 15634] s3 +failover-end master g1 n3 6379
maintain s1 n2 0
kill n2
run 5000
expect
    [ 16542] s1 -maintenance slave n2:6379 n2 6379 @ g1 n3 6379
    [ 16542] s1 replies: OK
    [ 17306] s1 +sdown slave n2:6379 n2 6379 @ g1 n3 6379
    [ 20002] s3 -maintenance slave n2:6379 n2 6379 @ g1 n3 6379
    [ 20002] s3 +sdown slave n2:6379 n2 6379 @ g1 n3 6379
    [ 20002] s2 -maintenance slave n2:6379 n2 6379 @ g1 n3 6379
    [ 20002] s2 +sdown slave n2:6379 n2 6379 @ g1 n3 6379
