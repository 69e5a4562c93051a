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
    [   177] s2 +new-epoch 4
    [   177] s2 +try-failover master g1 n1 6379
    [   177] s2 +vote-for-leader s2 4
    [   180] s1 +new-epoch 4
    [   180] s1 +vote-for-leader s2 4
    [   180] s3 +new-epoch 4
    [   180] s3 +vote-for-leader s2 4
    [   181] s2 +elected-leader master g1 n1 6379
    [   181] s2 +failover-state-select-slave master g1 n1 6379
    [   181] s2 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [   181] s2 -failover-abort-no-good-slave master g1 n1 6379
    [   307] s1 +new-epoch 5
    [   307] s1 +try-failover master g1 n1 6379
    [   307] s1 +vote-for-leader s1 5
    [   310] s2 +new-epoch 5
    [   310] s2 +vote-for-leader s1 5
    [   310] s3 +new-epoch 5
    [   310] s3 +vote-for-leader s1 5
    [   311] s1 +elected-leader master g1 n1 6379
    [   311] s1 +failover-state-select-slave master g1 n1 6379
    [   311] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [   311] s1 -failover-abort-no-good-slave master g1 n1 6379
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
    [   503] s1 +new-epoch 7
    [   503] s1 +try-failover master g1 n1 6379
    [   503] s1 +vote-for-leader s1 7
    [   506] s2 +new-epoch 7
    [   506] s2 +vote-for-leader s1 7
    [   506] s3 +new-epoch 7
    [   506] s3 +vote-for-leader s1 7
    [   507] s1 +elected-leader master g1 n1 6379
    [   507] s1 +failover-state-select-slave master g1 n1 6379
    [   507] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [   507] s1 -failover-abort-no-good-slave master g1 n1 6379
    [   759] s3 +new-epoch 8
    [   759] s3 +try-failover master g1 n1 6379
    [   759] s3 +vote-for-leader s3 8
    [   762] s1 +new-epoch 8
    [   762] s1 +vote-for-leader s3 8
    [   762] s2 +new-epoch 8
    [   762] s2 +vote-for-leader s3 8
    [   763] s3 +elected-leader master g1 n1 6379
    [   763] s3 +failover-state-select-slave master g1 n1 6379
    [   763] s3 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [   763] s3 -failover-abort-no-good-slave master g1 n1 6379
    [   965] s1 +new-epoch 9
    [   965] s1 +try-failover master g1 n1 6379
    [   965] s1 +vote-for-leader s1 9
    [   968] s2 +new-epoch 9
    [   968] s2 +vote-for-leader s1 9
    [   968] s3 +new-epoch 9
    [   968] s3 +vote-for-leader s1 9
    [   969] s1 +elected-leader master g1 n1 6379
    [   969] s1 +failover-state-select-slave master g1 n1 6379
    [   969] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [   969] s1 -failover-abort-no-good-slave master g1 n1 6379
    [  1139] s2 +new-epoch 10
    [  1139] s2 +try-failover master g1 n1 6379
    [  1139] s2 +vote-for-leader s2 10
    [  1142] s1 +new-epoch 10
    [  1142] s1 +vote-for-leader s2 10
    [  1142] s3 +new-epoch 10
    [  1142] s3 +vote-for-leader s2 10
    [  1143] s2 +elected-leader master g1 n1 6379
    [  1143] s2 +failover-state-select-slave master g1 n1 6379
    [  1143] s2 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [  1143] s2 -failover-abort-no-good-slave master g1 n1 6379
    [  1865] s3 +new-epoch 11
    [  1865] s3 +try-failover master g1 n1 6379
    [  1865] s3 +vote-for-leader s3 11
    [  1868] s1 +new-epoch 11
    [  1868] s1 +vote-for-leader s3 11
    [  1868] s2 +new-epoch 11
    [  1868] s2 +vote-for-leader s3 11
    [  1869] s3 +elected-leader master g1 n1 6379
    [  1869] s3 +failover-state-select-slave master g1 n1 6379
    [  1869] s3 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 priority 0
    [  1869] s3 -failover-abort-no-good-slave master g1 n1 6379
priority n2 100
run 2000
expect
    [  2457] s2 +new-epoch 12
    [  2457] s2 +try-failover master g1 n1 6379
    [  2457] s2 +vote-for-leader s2 12
    [  2460] s1 +new-epoch 12
    [  2460] s1 +vote-for-leader s2 12
    [  2460] s3 +new-epoch 12
    [  2460] s3 +vote-for-leader s2 12
    [  2461] s2 +elected-leader master g1 n1 6379
    [  2461] s2 +failover-state-select-slave master g1 n1 6379
    [  2461] s2 +selected-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  2461] s2 +failover-state-send-slaveof-noone slave n2:6379 n2 6379 @ g1 n1 6379
    [  2461] s2 +failover-state-wait-promotion slave n2:6379 n2 6379 @ g1 n1 6379
    [  2465] s2 +promoted-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  2465] s2 +failover-state-reconf-slaves master g1 n1 6379
    [  2465] s2 +switch-master g1 n1 6379 n2 6379
    [  2465] s2 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  2465] s2 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  2465] s2 +failover-end master g1 n2 6379
    [  2469] s2 +role-change master g1 n2 6379 new reported role is master
    [  2472] s1 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  2472] s1 +config-update-from sentinel s2 s2 26379 @ g1 n1 6379
    [  2472] s1 +switch-master g1 n1 6379 n2 6379
    [  2472] s1 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  2472] s1 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  2472] s3 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  2472] s3 +config-update-from sentinel s2 s2 26379 @ g1 n1 6379
    [  2472] s3 +switch-master g1 n1 6379 n2 6379
    [  2472] s3 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  2472] s3 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
show g1
expect
    [  4000] s1 has n2, epoch 12, current 12
    [  4000] s2 has n2, epoch 12, current 12
    [  4000] s3 has n2, epoch 12, current 12
    [  4000] n1 is dead
    [  4000] n2 is a primary
