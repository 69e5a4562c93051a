# s1 is cut off from the other supervisors, not from the nodes: it learns of the switch from the
# channel of a node, looks for itself, and follows. What it hears over the nodes shows that the primary is no minority's: though
# a replica is missing, it does not take its writes.
settle
cut s1 s2
cut s1 s3
run 5000
expect
    [  1009] s2 +sdown sentinel s1 s1 26379 @ g1 n1 6379
    [  1009] s3 +sdown sentinel s1 s1 26379 @ g1 n1 6379
    [  1009] s1 +sdown sentinel s2 s2 26379 @ g1 n1 6379
    [  1009] s1 +sdown sentinel s3 s3 26379 @ g1 n1 6379
kill n1
run 3000
expect
    [  5026] s3 +sdown master g1 n1 6379
    [  5026] s1 +sdown master g1 n1 6379
    [  5029] s2 +sdown master g1 n1 6379
    [  5031] s2 +odown master g1 n1 6379 #quorum 2/2
    [  5034] s3 +odown master g1 n1 6379 #quorum 2/2
    [  5034] s3 +new-epoch 1
    [  5034] s3 +try-failover master g1 n1 6379
    [  5034] s3 +vote-for-leader s3 1
    [  5037] s2 +new-epoch 1
    [  5037] s2 +vote-for-leader s3 1
    [  5038] s3 +elected-leader master g1 n1 6379
    [  5038] s3 +failover-state-select-slave master g1 n1 6379
    [  5038] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  5038] s3 +fence-armed master g1 n1 6379
    [  5038] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [  5038] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [  5042] s3 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  5042] s3 +failover-state-reconf-slaves master g1 n1 6379
    [  5042] s3 +switch-master g1 n1 6379 n3 6379
    [  5042] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  5042] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  5042] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  5042] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [  5045] s2 -odown master g1 n1 6379
    [  5046] s1 +new-epoch 1
    [  5046] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [  5048] s3 +role-change master g1 n3 6379 new reported role is master
    [  5049] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  5049] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [  5049] s2 +switch-master g1 n1 6379 n3 6379
    [  5049] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  5049] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  5049] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  5050] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  5050] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [  5050] s1 +switch-master g1 n1 6379 n3 6379
    [  5050] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  5050] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  5050] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  5056] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  5057] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  5136] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  5136] s3 +failover-end master g1 n3 6379
show g1
expect
    [  8000] s1 has n3, epoch 1, current 1
    [  8000] s2 has n3, epoch 1, current 1
    [  8000] s3 has n3, epoch 1, current 1
    [  8000] n1 is dead
    [  8000] n2 follows n3, link up
    [  8000] n3 is a primary
run 20000
expect
