# Two supervisors of three are dead. The quorum of one is reached, but nobody leads without a
# majority of all that are known; it happens as soon as a second one is back.
option quorum 1
settle
kill s2
kill s3
run 1000
kill n1
run 5000
expect
    [  1009] s1 +sdown sentinel s2 s2 26379 @ g1 n1 6379
    [  1009] s1 +sdown sentinel s3 s3 26379 @ g1 n1 6379
    [  1033] s1 +sdown master g1 n1 6379
    [  1033] s1 +odown master g1 n1 6379 #quorum 1/1
start s2
run 1000
expect
    [  6000] s2 +monitor master g1 n1 6379 quorum 1
    [  6009] s1 +new-epoch 1
    [  6009] s1 +try-failover master g1 n1 6379
    [  6009] s1 +vote-for-leader s1 1
    [  6009] s1 -sdown sentinel s2 s2 26379 @ g1 n1 6379
    [  6012] s2 +new-epoch 1
    [  6012] s2 +vote-for-leader s1 1
    [  6013] s1 +elected-leader master g1 n1 6379
    [  6013] s1 +failover-state-select-slave master g1 n1 6379
    [  6013] s1 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  6013] s1 +fence-armed master g1 n1 6379
    [  6013] s1 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [  6013] s1 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [  6017] s1 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  6017] s1 +failover-state-reconf-slaves master g1 n1 6379
    [  6017] s1 +switch-master g1 n1 6379 n3 6379
    [  6017] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  6017] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  6017] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  6017] s1 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [  6021] s1 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [  6023] s1 +role-change master g1 n3 6379 new reported role is master
    [  6024] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  6024] s2 +config-update-from sentinel s1 s1 26379 @ g1 n1 6379
    [  6024] s2 +switch-master g1 n1 6379 n3 6379
    [  6024] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  6024] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  6029] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  6111] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  6111] s1 +failover-end master g1 n3 6379
    [  7000] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
show g1
expect
    [  7000] s1 has n3, epoch 1, current 1
    [  7000] s2 has n3, epoch 1, current 1
    [  7000] s3 does not answer
    [  7000] n1 is dead
    [  7000] n2 follows n3, link up
    [  7000] n3 is a primary
