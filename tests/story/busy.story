# A script that runs for longer than down_after is ended, and so is a function, and the primary keeps
# its role. One that cannot be ended costs it its role.
settle
script n1
run 3000
expect
    [   754] s2 +sdown master g1 n1 6379
    [   754] s3 +sdown master g1 n1 6379
    [   754] s1 +sdown master g1 n1 6379
    [   756] s2 +odown master g1 n1 6379 #quorum 2/2
    [   756] s3 +odown master g1 n1 6379 #quorum 2/2
    [   756] s1 +odown master g1 n1 6379 #quorum 2/2
    [   758] s2 -sdown master g1 n1 6379
    [   758] s2 -odown master g1 n1 6379
    [   758] s3 -sdown master g1 n1 6379
    [   758] s3 -odown master g1 n1 6379
    [   758] s1 -sdown master g1 n1 6379
    [   758] s1 -odown master g1 n1 6379
script n1 function
run 3000
expect
    [  3808] s2 +sdown master g1 n1 6379
    [  3808] s2 +odown master g1 n1 6379 #quorum 3/2
    [  3808] s3 +sdown master g1 n1 6379
    [  3808] s3 +odown master g1 n1 6379 #quorum 3/2
    [  3808] s1 +sdown master g1 n1 6379
    [  3808] s1 +odown master g1 n1 6379 #quorum 3/2
    [  3812] s2 -sdown master g1 n1 6379
    [  3812] s2 -odown master g1 n1 6379
    [  3812] s3 -sdown master g1 n1 6379
    [  3812] s3 -odown master g1 n1 6379
    [  3812] s1 -sdown master g1 n1 6379
    [  3812] s1 -odown master g1 n1 6379
script n1 unkillable
run 3000
expect
    [  6814] s2 +sdown master g1 n1 6379
    [  6814] s2 +odown master g1 n1 6379 #quorum 3/2
    [  6814] s3 +sdown master g1 n1 6379
    [  6814] s3 +odown master g1 n1 6379 #quorum 3/2
    [  6814] s1 +sdown master g1 n1 6379
    [  6814] s1 +odown master g1 n1 6379 #quorum 3/2
    [  6820] s3 +new-epoch 1
    [  6820] s3 +try-failover master g1 n1 6379
    [  6820] s3 +vote-for-leader s3 1
    [  6823] s1 +new-epoch 1
    [  6823] s1 +vote-for-leader s3 1
    [  6823] s2 +new-epoch 1
    [  6823] s2 +vote-for-leader s3 1
    [  6824] s3 +elected-leader master g1 n1 6379
    [  6824] s3 +failover-state-select-slave master g1 n1 6379
    [  6828] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  6828] s3 +fence-armed master g1 n1 6379
    [  6828] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [  6828] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [  6832] s3 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  6832] s3 +failover-state-reconf-slaves master g1 n1 6379
    [  6832] s3 +switch-master g1 n1 6379 n3 6379
    [  6832] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  6832] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  6832] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  6832] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [  6839] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  6839] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [  6839] s1 +switch-master g1 n1 6379 n3 6379
    [  6839] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  6839] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  6839] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  6839] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  6839] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [  6839] s2 +switch-master g1 n1 6379 n3 6379
    [  6839] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  6839] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  6839] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  6840] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [  6842] s3 +role-change master g1 n3 6379 new reported role is master
    [  7338] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  7338] s3 +failover-end master g1 n3 6379
    [  7844] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  7848] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
script n1 end
run 2000
expect
    [  9006] s1 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  9006] s2 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  9010] s1 +convert-to-slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  9010] s2 +convert-to-slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  9012] s1 +divergent-tail slave n1:6379 n1 6379 @ g1 n3 6379 2182 bytes from offset 7830 that only it has, written within 2175 ms
    [  9022] s1 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [  9022] s1 +slave-reconf-inprog slave n1:6379 n1 6379 @ g1 n3 6379
    [  9024] s3 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  9026] s2 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [  9028] s3 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [  9518] s1 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [ 10024] s2 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [ 10026] s3 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
show g1
expect
    [ 11000] s1 has n3, epoch 1, current 1
    [ 11000] s2 has n3, epoch 1, current 1
    [ 11000] s3 has n3, epoch 1, current 1
    [ 11000] n1 follows n3, link up
    [ 11000] n2 follows n3, link up
    [ 11000] n3 is a primary
