# The only replica must never be promoted; when it may be, it is.
nodes 2
settle
priority n2 0
kill n1
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
    [    32] s3 +elected-leader master g1 n1 6379
    [    32] s3 +failover-state-select-slave master g1 n1 6379
    [    32] s3 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [    32] s3 -failover-abort-no-good-slave master g1 n1 6379
    [    32] s1 +sdown master g1 n1 6379
    [    34] s1 +odown master g1 n1 6379 #quorum 2/2
    [    66] s1 +new-epoch 2
    [    66] s1 +try-failover master g1 n1 6379
    [    66] s1 +vote-for-leader s1 2
    [    69] s2 +new-epoch 2
    [    69] s2 +vote-for-leader s1 2
    [    69] s3 +new-epoch 2
    [    69] s3 +vote-for-leader s1 2
    [    70] s1 +elected-leader master g1 n1 6379
    [    70] s1 +failover-state-select-slave master g1 n1 6379
    [    70] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [    70] s1 -failover-abort-no-good-slave master g1 n1 6379
    [    89] s2 +new-epoch 3
    [    89] s2 +try-failover master g1 n1 6379
    [    89] s2 +vote-for-leader s2 3
    [    92] s1 +new-epoch 3
    [    92] s1 +vote-for-leader s2 3
    [    92] s3 +new-epoch 3
    [    92] s3 +vote-for-leader s2 3
    [    93] s2 +elected-leader master g1 n1 6379
    [    93] s2 +failover-state-select-slave master g1 n1 6379
    [    93] s2 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [    93] s2 -failover-abort-no-good-slave master g1 n1 6379
    [   239] s2 +new-epoch 4
    [   239] s2 +try-failover master g1 n1 6379
    [   239] s2 +vote-for-leader s2 4
    [   242] s1 +new-epoch 4
    [   242] s1 +vote-for-leader s2 4
    [   242] s3 +new-epoch 4
    [   242] s3 +vote-for-leader s2 4
    [   243] s2 +elected-leader master g1 n1 6379
    [   243] s2 +failover-state-select-slave master g1 n1 6379
    [   243] s2 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [   243] s2 -failover-abort-no-good-slave master g1 n1 6379
    [   339] s1 +new-epoch 5
    [   339] s1 +try-failover master g1 n1 6379
    [   339] s1 +vote-for-leader s1 5
    [   342] s2 +new-epoch 5
    [   342] s2 +vote-for-leader s1 5
    [   342] s3 +new-epoch 5
    [   342] s3 +vote-for-leader s1 5
    [   343] s1 +elected-leader master g1 n1 6379
    [   343] s1 +failover-state-select-slave master g1 n1 6379
    [   343] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [   343] s1 -failover-abort-no-good-slave master g1 n1 6379
    [   383] s3 +new-epoch 6
    [   383] s3 +try-failover master g1 n1 6379
    [   383] s3 +vote-for-leader s3 6
    [   386] s1 +new-epoch 6
    [   386] s1 +vote-for-leader s3 6
    [   386] s2 +new-epoch 6
    [   386] s2 +vote-for-leader s3 6
    [   387] s3 +elected-leader master g1 n1 6379
    [   387] s3 +failover-state-select-slave master g1 n1 6379
    [   387] s3 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [   387] s3 -failover-abort-no-good-slave master g1 n1 6379
    [   463] s2 +new-epoch 7
    [   463] s2 +try-failover master g1 n1 6379
    [   463] s2 +vote-for-leader s2 7
    [   466] s1 +new-epoch 7
    [   466] s1 +vote-for-leader s2 7
    [   466] s3 +new-epoch 7
    [   466] s3 +vote-for-leader s2 7
    [   467] s2 +elected-leader master g1 n1 6379
    [   467] s2 +failover-state-select-slave master g1 n1 6379
    [   467] s2 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [   467] s2 -failover-abort-no-good-slave master g1 n1 6379
    [   565] s1 +new-epoch 8
    [   565] s1 +try-failover master g1 n1 6379
    [   565] s1 +vote-for-leader s1 8
    [   568] s2 +new-epoch 8
    [   568] s2 +vote-for-leader s1 8
    [   568] s3 +new-epoch 8
    [   568] s3 +vote-for-leader s1 8
    [   569] s1 +elected-leader master g1 n1 6379
    [   569] s1 +failover-state-select-slave master g1 n1 6379
    [   569] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [   569] s1 -failover-abort-no-good-slave master g1 n1 6379
    [   759] s3 +new-epoch 9
    [   759] s3 +try-failover master g1 n1 6379
    [   759] s3 +vote-for-leader s3 9
    [   762] s1 +new-epoch 9
    [   762] s1 +vote-for-leader s3 9
    [   762] s2 +new-epoch 9
    [   762] s2 +vote-for-leader s3 9
    [   763] s3 +elected-leader master g1 n1 6379
    [   763] s3 +failover-state-select-slave master g1 n1 6379
    [   763] s3 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [   763] s3 -failover-abort-no-good-slave master g1 n1 6379
    [  1057] s1 +new-epoch 10
    [  1057] s1 +try-failover master g1 n1 6379
    [  1057] s1 +vote-for-leader s1 10
    [  1060] s2 +new-epoch 10
    [  1060] s2 +vote-for-leader s1 10
    [  1060] s3 +new-epoch 10
    [  1060] s3 +vote-for-leader s1 10
    [  1061] s1 +elected-leader master g1 n1 6379
    [  1061] s1 +failover-state-select-slave master g1 n1 6379
    [  1061] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [  1061] s1 -failover-abort-no-good-slave master g1 n1 6379
    [  1237] s2 +new-epoch 11
    [  1237] s2 +try-failover master g1 n1 6379
    [  1237] s2 +vote-for-leader s2 11
    [  1240] s1 +new-epoch 11
    [  1240] s1 +vote-for-leader s2 11
    [  1240] s3 +new-epoch 11
    [  1240] s3 +vote-for-leader s2 11
    [  1241] s2 +elected-leader master g1 n1 6379
    [  1241] s2 +failover-state-select-slave master g1 n1 6379
    [  1241] s2 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [  1241] s2 -failover-abort-no-good-slave master g1 n1 6379
    [  1865] s3 +new-epoch 12
    [  1865] s3 +try-failover master g1 n1 6379
    [  1865] s3 +vote-for-leader s3 12
    [  1868] s1 +new-epoch 12
    [  1868] s1 +vote-for-leader s3 12
    [  1868] s2 +new-epoch 12
    [  1868] s2 +vote-for-leader s3 12
    [  1869] s3 +elected-leader master g1 n1 6379
    [  1869] s3 +failover-state-select-slave master g1 n1 6379
    [  1869] s3 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [  1869] s3 -failover-abort-no-good-slave master g1 n1 6379
priority n2 100
run 2000
expect
    [  3533] s1 +new-epoch 13
    [  3533] s1 +try-failover master g1 n1 6379
    [  3533] s1 +vote-for-leader s1 13
    [  3535] s2 +new-epoch 13
    [  3535] s2 +try-failover master g1 n1 6379
    [  3535] s2 +vote-for-leader s2 13
    [  3536] s3 +new-epoch 13
    [  3536] s3 +vote-for-leader s1 13
    [  3537] s1 +elected-leader master g1 n1 6379
    [  3537] s1 +failover-state-select-slave master g1 n1 6379
    [  3537] s1 +selected-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  3537] s1 +fence-armed master g1 n1 6379
    [  3537] s1 +failover-state-send-slaveof-noone slave n2:6379 n2 6379 @ g1 n1 6379
    [  3537] s1 +failover-state-wait-promotion slave n2:6379 n2 6379 @ g1 n1 6379
    [  3537] s2 -failover-abort-not-elected master g1 n1 6379
    [  3541] s1 +promoted-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  3541] s1 +failover-state-reconf-slaves master g1 n1 6379
    [  3541] s1 +switch-master g1 n1 6379 n2 6379
    [  3541] s1 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  3541] s1 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  3541] s1 +failover-end master g1 n2 6379
    [  3547] s1 +role-change master g1 n2 6379 new reported role is master
    [  3548] s3 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  3548] s3 +config-update-from sentinel s1 s1 26379 @ g1 n1 6379
    [  3548] s3 +switch-master g1 n1 6379 n2 6379
    [  3548] s3 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  3548] s3 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  3549] s2 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  3549] s2 +config-update-from sentinel s1 s1 26379 @ g1 n1 6379
    [  3549] s2 +switch-master g1 n1 6379 n2 6379
    [  3549] s2 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  3549] s2 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
show g1
expect
    [  4000] s1 has n2, epoch 13, current 13
    [  4000] s2 has n2, epoch 13, current 13
    [  4000] s3 has n2, epoch 13, current 13
    [  4000] n1 is dead
    [  4000] n2 is a primary
