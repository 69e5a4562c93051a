# The leader was restarted while the primary hung: what it opens then the process reads too late.
# The others, who had a channel before, put the order to step down into that.
settle
hang n1
kill s3
start s3
until s1 +sdown
failover s3 g1 force
run 1500
expect
    [     0] s3 +monitor master g1 n1 6379 quorum 2
    [   754] s2 +sdown master g1 n1 6379
    [   754] s1 +sdown master g1 n1 6379
    [   756] s3 +new-epoch 1
    [   756] s3 +try-failover master g1 n1 6379
    [   756] s3 +vote-for-leader s3 1
    [   756] s3 replies: OK
    [   756] s2 +odown master g1 n1 6379 #quorum 2/2
    [   756] s1 +odown master g1 n1 6379 #quorum 2/2
    [   759] s1 +new-epoch 1
    [   759] s1 +vote-for-leader s3 1
    [   759] s2 +new-epoch 1
    [   759] s2 +vote-for-leader s3 1
    [   760] s3 +elected-leader master g1 n1 6379
    [   760] s3 +failover-state-select-slave master g1 n1 6379
    [   760] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [   760] s3 +fence-armed master g1 n1 6379
    [   760] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [   760] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [   764] s3 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [   764] s3 +failover-state-reconf-slaves master g1 n1 6379
    [   764] s3 +switch-master g1 n1 6379 n3 6379
    [   764] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [   764] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [   764] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [   768] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [   770] s3 +role-change master g1 n3 6379 new reported role is master
    [   771] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [   771] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [   771] s1 +switch-master g1 n1 6379 n3 6379
    [   771] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [   771] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [   771] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [   771] s1 +fence-armed slave n1:6379 n1 6379 @ g1 n3 6379
    [   771] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [   771] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [   771] s2 +switch-master g1 n1 6379 n3 6379
    [   771] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [   771] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [   771] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [   771] s2 +fence-armed slave n1:6379 n1 6379 @ g1 n3 6379
    [   775] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [   779] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [   858] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [   858] s3 +failover-end master g1 n3 6379
    [  1000] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
resume n1
run 1000
waited n1
expect
    [  2257] s1 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  2257] s2 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  2257] s3 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  2261] s1 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [  2261] s1 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [  2261] s2 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [  2261] s2 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [  2261] s3 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [  3254] n1 has not acknowledged what waited while it hung
show g1
expect
    [  3254] s1 has n3, epoch 1, current 1
    [  3254] s2 has n3, epoch 1, current 1
    [  3254] s3 has n3, epoch 1, current 1
    [  3254] n1 follows n3, link up
    [  3254] n2 follows n3, link up
    [  3254] n3 is a primary
