# A hook says no to each failover: nobody is promoted, and it is asked again after a while, by whoever leads.
hooks failover no 20
settle
kill n1
run 1500
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
    [    32] s3 +elected-leader master g1 n1 6379
    [    32] s3 +failover-state-select-slave master g1 n1 6379
    [    32] s3 +question-asked master g1 n1 6379 failover to n3:6379, within 500 ms
    [    32] s1 +sdown master g1 n1 6379
    [    34] s1 +odown master g1 n1 6379 #quorum 2/2
    [    52] s3 -failover-abort-vetoed master g1 n1 6379 the hook says no
    [    66] s1 +new-epoch 2
    [    66] s1 +try-failover master g1 n1 6379
    [    66] s1 +vote-for-leader s1 2
    [    69] s2 +new-epoch 2
    [    69] s2 +vote-for-leader s1 2
    [    69] s3 +new-epoch 2
    [    69] s3 +vote-for-leader s1 2
    [    70] s1 +elected-leader master g1 n1 6379
    [    70] s1 +failover-state-select-slave master g1 n1 6379
    [    70] s1 +question-asked master g1 n1 6379 failover to n3:6379, within 500 ms
    [    90] s1 -failover-abort-vetoed master g1 n1 6379 the hook says no
    [    93] s2 +new-epoch 3
    [    93] s2 +try-failover master g1 n1 6379
    [    93] s2 +vote-for-leader s2 3
    [    96] s1 +new-epoch 3
    [    96] s1 +vote-for-leader s2 3
    [    96] s3 +new-epoch 3
    [    96] s3 +vote-for-leader s2 3
    [    97] s2 +elected-leader master g1 n1 6379
    [    97] s2 +failover-state-select-slave master g1 n1 6379
    [    97] s2 +question-asked master g1 n1 6379 failover to n3:6379, within 500 ms
    [   117] s2 -failover-abort-vetoed master g1 n1 6379 the hook says no
    [  1147] s2 +new-epoch 4
    [  1147] s2 +try-failover master g1 n1 6379
    [  1147] s2 +vote-for-leader s2 4
    [  1150] s1 +new-epoch 4
    [  1150] s1 +vote-for-leader s2 4
    [  1150] s3 +new-epoch 4
    [  1150] s3 +vote-for-leader s2 4
    [  1151] s2 +elected-leader master g1 n1 6379
    [  1151] s2 +failover-state-select-slave master g1 n1 6379
    [  1151] s2 +question-asked master g1 n1 6379 failover to n3:6379, within 500 ms
    [  1171] s2 -failover-abort-vetoed master g1 n1 6379 the hook says no
    [  1174] s3 +new-epoch 5
    [  1174] s3 +try-failover master g1 n1 6379
    [  1174] s3 +vote-for-leader s3 5
    [  1177] s1 +new-epoch 5
    [  1177] s1 +vote-for-leader s3 5
    [  1177] s2 +new-epoch 5
    [  1177] s2 +vote-for-leader s3 5
    [  1178] s3 +elected-leader master g1 n1 6379
    [  1178] s3 +failover-state-select-slave master g1 n1 6379
    [  1178] s3 +question-asked master g1 n1 6379 failover to n3:6379, within 500 ms
    [  1198] s3 -failover-abort-vetoed master g1 n1 6379 the hook says no
show g1
expect
    [  1500] s1 has n1, epoch 0, current 5
    [  1500] s2 has n1, epoch 0, current 5
    [  1500] s3 has n1, epoch 0, current 5
    [  1500] n1 is dead
    [  1500] n2 follows n1, link down
    [  1500] n3 follows n1, link down
