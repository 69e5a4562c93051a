# Two nodes are made replicas of one another by hand; the primary is started again as it was, the other
# without data. What the primary acknowledged it may have lost, so nobody is promoted before an operator
# says so.
option durability quorum
option sync_replicas 1
nodes 2
settle
follow n1 n2
kill n1
kill n2
start n1
start n2 empty
until -failover-abort-no-good-slave
expect
    [    12] s1 +reboot slave n2:6379 n2 6379 @ g1 n1 6379
    [    14] s3 +reboot master g1 n1 6379
    [    14] s3 -role-change master g1 n1 6379 new reported role is slave
    [    15] s2 +reboot master g1 n1 6379
    [    15] s2 -role-change master g1 n1 6379 new reported role is slave
    [    16] s1 +reboot master g1 n1 6379
    [    16] s1 -role-change master g1 n1 6379 new reported role is slave
    [    16] s3 +reboot slave n2:6379 n2 6379 @ g1 n1 6379
    [    17] s2 +reboot slave n2:6379 n2 6379 @ g1 n1 6379
    [  5012] s3 +sdown master g1 n1 6379
    [  5013] s1 +sdown master g1 n1 6379
    [  5013] s2 +sdown master g1 n1 6379
    [  5015] s1 +odown master g1 n1 6379 #quorum 2/2
    [  5015] s2 +odown master g1 n1 6379 #quorum 2/2
    [  5016] s3 +odown master g1 n1 6379 #quorum 2/2
    [  5016] s3 +new-epoch 1
    [  5016] s3 +try-failover master g1 n1 6379
    [  5016] s3 +vote-for-leader s3 1
    [  5019] s1 +new-epoch 1
    [  5019] s1 +vote-for-leader s3 1
    [  5019] s2 +new-epoch 1
    [  5019] s2 +vote-for-leader s3 1
    [  5020] s3 +elected-leader master g1 n1 6379
    [  5020] s3 +failover-state-select-slave master g1 n1 6379
    [  5025] s3 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 foreign replication history
    [  5025] s3 -failover-abort-no-good-slave master g1 n1 6379
failover s1 g1
failover s1 g1 n2 force
failover s1 g1 force
run 4000
expect
    [  5025] s1 replies: no good replica
    [  5025] s1 replies: no good replica
    [  5025] s1 replies: OK
    [  5028] s1 +new-epoch 2
    [  5028] s1 +try-failover master g1 n1 6379
    [  5028] s1 +vote-for-leader s1 2
    [  5031] s2 +new-epoch 2
    [  5031] s2 +vote-for-leader s1 2
    [  5031] s3 +new-epoch 2
    [  5031] s3 +vote-for-leader s1 2
    [  5032] s1 +elected-leader master g1 n1 6379
    [  5032] s1 +failover-state-select-slave master g1 n1 6379
    [  5032] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 foreign replication history
    [  5032] s1 +selected-slave master g1 n1 6379
    [  5032] s1 +failover-state-send-slaveof-noone master g1 n1 6379
    [  5032] s1 +failover-state-wait-promotion master g1 n1 6379
    [  5036] s1 +promoted-slave master g1 n1 6379
    [  5036] s1 +failover-state-reconf-slaves master g1 n1 6379
    [  5036] s1 -sdown master g1 n1 6379
    [  5036] s1 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n1 6379
    [  5042] s1 +role-change master g1 n1 6379 new reported role is master
    [  5042] s1 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n1 6379
    [  5043] s2 +role-change master g1 n1 6379 new reported role is master
    [  5043] s2 -sdown master g1 n1 6379
    [  5043] s3 +role-change master g1 n1 6379 new reported role is master
    [  5043] s3 -sdown master g1 n1 6379
    [  6560] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [  6560] s1 +failover-end master g1 n1 6379
show g1
expect
    [  9025] s1 has n1, epoch 2, current 2
    [  9025] s2 has n1, epoch 2, current 2
    [  9025] s3 has n1, epoch 2, current 2
    [  9025] n1 is a primary
    [  9025] n2 follows n1, link up
