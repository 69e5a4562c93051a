# The only replica must never be promoted; when it may be, it is.
nodes 2
settle
priority n2 0
kill n1
run 2000
expect
    [    24] s3 +sdown master g1 n1 6379
    [    25] s2 +sdown master g1 n1 6379
    [    25] s2 +odown master g1 n1 6379 #quorum 2/2
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
    [    32] s1 +odown master g1 n1 6379 #quorum 3/2
    [    64] s1 +new-epoch 2
    [    64] s1 +try-failover master g1 n1 6379
    [    64] s1 +vote-for-leader s1 2
    [    67] s2 +new-epoch 2
    [    67] s2 +vote-for-leader s1 2
    [    67] s3 +new-epoch 2
    [    67] s3 +vote-for-leader s1 2
    [    68] s1 +elected-leader master g1 n1 6379
    [    68] s1 +failover-state-select-slave master g1 n1 6379
    [    68] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [    68] s1 -failover-abort-no-good-slave master g1 n1 6379
    [    87] s2 +new-epoch 3
    [    87] s2 +try-failover master g1 n1 6379
    [    87] s2 +vote-for-leader s2 3
    [    90] s1 +new-epoch 3
    [    90] s1 +vote-for-leader s2 3
    [    90] s3 +new-epoch 3
    [    90] s3 +vote-for-leader s2 3
    [    91] s2 +elected-leader master g1 n1 6379
    [    91] s2 +failover-state-select-slave master g1 n1 6379
    [    91] s2 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [    91] s2 -failover-abort-no-good-slave master g1 n1 6379
    [   237] s2 +new-epoch 4
    [   237] s2 +try-failover master g1 n1 6379
    [   237] s2 +vote-for-leader s2 4
    [   240] s1 +new-epoch 4
    [   240] s1 +vote-for-leader s2 4
    [   240] s3 +new-epoch 4
    [   240] s3 +vote-for-leader s2 4
    [   241] s2 +elected-leader master g1 n1 6379
    [   241] s2 +failover-state-select-slave master g1 n1 6379
    [   241] s2 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [   241] s2 -failover-abort-no-good-slave master g1 n1 6379
    [   337] s1 +new-epoch 5
    [   337] s1 +try-failover master g1 n1 6379
    [   337] s1 +vote-for-leader s1 5
    [   340] s2 +new-epoch 5
    [   340] s2 +vote-for-leader s1 5
    [   340] s3 +new-epoch 5
    [   340] s3 +vote-for-leader s1 5
    [   341] s1 +elected-leader master g1 n1 6379
    [   341] s1 +failover-state-select-slave master g1 n1 6379
    [   341] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [   341] s1 -failover-abort-no-good-slave master g1 n1 6379
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
    [   461] s2 +new-epoch 7
    [   461] s2 +try-failover master g1 n1 6379
    [   461] s2 +vote-for-leader s2 7
    [   464] s1 +new-epoch 7
    [   464] s1 +vote-for-leader s2 7
    [   464] s3 +new-epoch 7
    [   464] s3 +vote-for-leader s2 7
    [   465] s2 +elected-leader master g1 n1 6379
    [   465] s2 +failover-state-select-slave master g1 n1 6379
    [   465] s2 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [   465] s2 -failover-abort-no-good-slave master g1 n1 6379
    [   563] s1 +new-epoch 8
    [   563] s1 +try-failover master g1 n1 6379
    [   563] s1 +vote-for-leader s1 8
    [   566] s2 +new-epoch 8
    [   566] s2 +vote-for-leader s1 8
    [   566] s3 +new-epoch 8
    [   566] s3 +vote-for-leader s1 8
    [   567] s1 +elected-leader master g1 n1 6379
    [   567] s1 +failover-state-select-slave master g1 n1 6379
    [   567] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [   567] s1 -failover-abort-no-good-slave master g1 n1 6379
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
    [  1055] s1 +new-epoch 10
    [  1055] s1 +try-failover master g1 n1 6379
    [  1055] s1 +vote-for-leader s1 10
    [  1058] s2 +new-epoch 10
    [  1058] s2 +vote-for-leader s1 10
    [  1058] s3 +new-epoch 10
    [  1058] s3 +vote-for-leader s1 10
    [  1059] s1 +elected-leader master g1 n1 6379
    [  1059] s1 +failover-state-select-slave master g1 n1 6379
    [  1059] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [  1059] s1 -failover-abort-no-good-slave master g1 n1 6379
    [  1235] s2 +new-epoch 11
    [  1235] s2 +try-failover master g1 n1 6379
    [  1235] s2 +vote-for-leader s2 11
    [  1238] s1 +new-epoch 11
    [  1238] s1 +vote-for-leader s2 11
    [  1238] s3 +new-epoch 11
    [  1238] s3 +vote-for-leader s2 11
    [  1239] s2 +elected-leader master g1 n1 6379
    [  1239] s2 +failover-state-select-slave master g1 n1 6379
    [  1239] s2 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [  1239] s2 -failover-abort-no-good-slave master g1 n1 6379
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
    [  3531] s1 +new-epoch 13
    [  3531] s1 +try-failover master g1 n1 6379
    [  3531] s1 +vote-for-leader s1 13
    [  3533] s2 +new-epoch 13
    [  3533] s2 +try-failover master g1 n1 6379
    [  3533] s2 +vote-for-leader s2 13
    [  3534] s3 +new-epoch 13
    [  3534] s3 +vote-for-leader s1 13
    [  3535] s1 +elected-leader master g1 n1 6379
    [  3535] s1 +failover-state-select-slave master g1 n1 6379
    [  3535] s1 +selected-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  3535] s1 +failover-state-send-slaveof-noone slave n2:6379 n2 6379 @ g1 n1 6379
    [  3535] s1 +failover-state-wait-promotion slave n2:6379 n2 6379 @ g1 n1 6379
    [  3535] s2 -failover-abort-not-elected master g1 n1 6379
    [  3539] s1 +promoted-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  3539] s1 +failover-state-reconf-slaves master g1 n1 6379
    [  3539] s1 +switch-master g1 n1 6379 n2 6379
    [  3539] s1 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  3539] s1 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  3539] s1 +failover-end master g1 n2 6379
    [  3543] s1 +role-change master g1 n2 6379 new reported role is master
    [  3546] s3 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  3546] s3 +config-update-from sentinel s1 s1 26379 @ g1 n1 6379
    [  3546] s3 +switch-master g1 n1 6379 n2 6379
    [  3546] s3 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  3546] s3 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  3547] s2 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  3547] s2 +config-update-from sentinel s1 s1 26379 @ g1 n1 6379
    [  3547] s2 +switch-master g1 n1 6379 n2 6379
    [  3547] s2 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  3547] s2 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
show g1
expect
    [  4000] s1 has n2, epoch 13, current 13
    [  4000] s2 has n2, epoch 13, current 13
    [  4000] s3 has n2, epoch 13, current 13
    [  4000] n1 is dead
    [  4000] n2 is a primary
