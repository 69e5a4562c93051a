# s1 votes for s3 and is killed, so is s3. When s1 comes back it knows its vote and the epoch; the
# next election has a newer one.
settle
kill n1
until s1 +vote-for-leader
kill s1
kill s3
run 2000
expect
    [    24] s3 +sdown master g1 n1 6379
    [    25] s2 +sdown master g1 n1 6379
    [    27] s2 +odown master g1 n1 6379 #quorum 2/2
    [    28] s3 +odown master g1 n1 6379 #quorum 2/2
    [    28] s3 +new-epoch 1
    [    28] s3 +try-failover master g1 n1 6379
    [    28] s3 +vote-for-leader s3 1
    [    31] s1 +new-epoch 1
    [    31] s1 +vote-for-leader s3 1
    [    31] s2 +new-epoch 1
    [    31] s2 +vote-for-leader s3 1
    [  2009] s2 +sdown sentinel s1 s1 26379 @ g1 n1 6379
    [  2009] s2 +sdown sentinel s3 s3 26379 @ g1 n1 6379
start s1
run 3000
expect
    [  2031] s1 +monitor master g1 n1 6379 quorum 2
    [  2040] s2 +new-epoch 2
    [  2040] s2 +try-failover master g1 n1 6379
    [  2040] s2 +vote-for-leader s2 2
    [  2040] s2 -sdown sentinel s1 s1 26379 @ g1 n1 6379
    [  2043] s1 +new-epoch 2
    [  2043] s1 +vote-for-leader s2 2
    [  2044] s2 +elected-leader master g1 n1 6379
    [  2044] s2 +failover-state-select-slave master g1 n1 6379
    [  2044] s2 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  2044] s2 +fence-armed master g1 n1 6379
    [  2044] s2 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [  2044] s2 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [  2048] s2 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  2048] s2 +failover-state-reconf-slaves master g1 n1 6379
    [  2048] s2 +switch-master g1 n1 6379 n3 6379
    [  2048] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  2048] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  2048] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  2048] s2 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [  2052] s2 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [  2054] s2 +role-change master g1 n3 6379 new reported role is master
    [  2055] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  2055] s1 +config-update-from sentinel s2 s2 26379 @ g1 n1 6379
    [  2055] s1 +switch-master g1 n1 6379 n3 6379
    [  2055] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  2055] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  2064] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  2142] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  2142] s2 +failover-end master g1 n3 6379
    [  3031] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  4031] s1 +sdown sentinel s3 s3 26379 @ g1 n3 6379
show g1
expect
    [  5031] s1 has n3, epoch 2, current 2
    [  5031] s2 has n3, epoch 2, current 2
    [  5031] s3 does not answer
    [  5031] n1 is dead
    [  5031] n2 follows n3, link up
    [  5031] n3 is a primary
