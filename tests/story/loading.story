# The only replica was restarted and is still loading when the primary dies.
nodes 2
settle
kill n2
start n2 2500
run 500
kill n1
run 1500
expect
    [    14] s3 +reboot slave n2:6379 n2 6379 @ g1 n1 6379
    [    15] s2 +reboot slave n2:6379 n2 6379 @ g1 n1 6379
    [    15] s1 +reboot slave n2:6379 n2 6379 @ g1 n1 6379
    [   526] s3 +sdown master g1 n1 6379
    [   527] s1 +sdown master g1 n1 6379
    [   529] s2 +sdown master g1 n1 6379
    [   530] s3 +odown master g1 n1 6379 #quorum 2/2
    [   530] s3 +new-epoch 1
    [   530] s3 +try-failover master g1 n1 6379
    [   530] s3 +vote-for-leader s3 1
    [   533] s1 +new-epoch 1
    [   533] s1 +vote-for-leader s3 1
    [   533] s1 +odown master g1 n1 6379 #quorum 2/2
    [   533] s2 +new-epoch 1
    [   533] s2 +vote-for-leader s3 1
    [   533] s2 +odown master g1 n1 6379 #quorum 2/2
    [   534] s3 +elected-leader master g1 n1 6379
    [   534] s3 +failover-state-select-slave master g1 n1 6379
    [   534] s3 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 loading
    [   534] s3 -failover-abort-no-good-slave master g1 n1 6379
    [   563] s1 +new-epoch 2
    [   563] s1 +try-failover master g1 n1 6379
    [   563] s1 +vote-for-leader s1 2
    [   566] s2 +new-epoch 2
    [   566] s2 +vote-for-leader s1 2
    [   566] s3 +new-epoch 2
    [   566] s3 +vote-for-leader s1 2
    [   567] s1 +elected-leader master g1 n1 6379
    [   567] s1 +failover-state-select-slave master g1 n1 6379
    [   567] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 loading
    [   567] s1 -failover-abort-no-good-slave master g1 n1 6379
    [   593] s2 +new-epoch 3
    [   593] s2 +try-failover master g1 n1 6379
    [   593] s2 +vote-for-leader s2 3
    [   596] s1 +new-epoch 3
    [   596] s1 +vote-for-leader s2 3
    [   596] s3 +new-epoch 3
    [   596] s3 +vote-for-leader s2 3
    [   597] s2 +elected-leader master g1 n1 6379
    [   597] s2 +failover-state-select-slave master g1 n1 6379
    [   597] s2 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 loading
    [   597] s2 -failover-abort-no-good-slave master g1 n1 6379
    [   781] s2 +new-epoch 4
    [   781] s2 +try-failover master g1 n1 6379
    [   781] s2 +vote-for-leader s2 4
    [   784] s1 +new-epoch 4
    [   784] s1 +vote-for-leader s2 4
    [   784] s3 +new-epoch 4
    [   784] s3 +vote-for-leader s2 4
    [   785] s2 +elected-leader master g1 n1 6379
    [   785] s2 +failover-state-select-slave master g1 n1 6379
    [   785] s2 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 loading
    [   785] s2 -failover-abort-no-good-slave master g1 n1 6379
    [   943] s3 +new-epoch 5
    [   943] s3 +try-failover master g1 n1 6379
    [   943] s3 +vote-for-leader s3 5
    [   946] s1 +new-epoch 5
    [   946] s1 +vote-for-leader s3 5
    [   946] s2 +new-epoch 5
    [   946] s2 +vote-for-leader s3 5
    [   947] s3 +elected-leader master g1 n1 6379
    [   947] s3 +failover-state-select-slave master g1 n1 6379
    [   947] s3 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 loading
    [   947] s3 -failover-abort-no-good-slave master g1 n1 6379
    [  1030] s1 +new-epoch 6
    [  1030] s1 +try-failover master g1 n1 6379
    [  1030] s1 +vote-for-leader s1 6
    [  1033] s2 +new-epoch 6
    [  1033] s2 +vote-for-leader s1 6
    [  1033] s3 +new-epoch 6
    [  1033] s3 +vote-for-leader s1 6
    [  1034] s1 +elected-leader master g1 n1 6379
    [  1034] s1 +failover-state-select-slave master g1 n1 6379
    [  1034] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 loading
    [  1034] s1 -failover-abort-no-good-slave master g1 n1 6379
    [  1201] s2 +new-epoch 7
    [  1201] s2 +try-failover master g1 n1 6379
    [  1201] s2 +vote-for-leader s2 7
    [  1204] s1 +new-epoch 7
    [  1204] s1 +vote-for-leader s2 7
    [  1204] s3 +new-epoch 7
    [  1204] s3 +vote-for-leader s2 7
    [  1205] s2 +elected-leader master g1 n1 6379
    [  1205] s2 +failover-state-select-slave master g1 n1 6379
    [  1205] s2 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 loading
    [  1205] s2 -failover-abort-no-good-slave master g1 n1 6379
    [  1499] s3 +new-epoch 8
    [  1499] s3 +try-failover master g1 n1 6379
    [  1499] s3 +vote-for-leader s3 8
    [  1502] s1 +new-epoch 8
    [  1502] s1 +vote-for-leader s3 8
    [  1502] s2 +new-epoch 8
    [  1502] s2 +vote-for-leader s3 8
    [  1503] s3 +elected-leader master g1 n1 6379
    [  1503] s3 +failover-state-select-slave master g1 n1 6379
    [  1503] s3 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 loading
    [  1503] s3 -failover-abort-no-good-slave master g1 n1 6379
    [  1630] s1 +new-epoch 9
    [  1630] s1 +try-failover master g1 n1 6379
    [  1630] s1 +vote-for-leader s1 9
    [  1633] s2 +new-epoch 9
    [  1633] s2 +vote-for-leader s1 9
    [  1633] s3 +new-epoch 9
    [  1633] s3 +vote-for-leader s1 9
    [  1634] s1 +elected-leader master g1 n1 6379
    [  1634] s1 +failover-state-select-slave master g1 n1 6379
    [  1634] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 loading
    [  1634] s1 -failover-abort-no-good-slave master g1 n1 6379
run 3000
expect
    [  2579] s2 +new-epoch 10
    [  2579] s2 +try-failover master g1 n1 6379
    [  2579] s2 +vote-for-leader s2 10
    [  2582] s1 +new-epoch 10
    [  2582] s1 +vote-for-leader s2 10
    [  2582] s3 +new-epoch 10
    [  2582] s3 +vote-for-leader s2 10
    [  2583] s2 +elected-leader master g1 n1 6379
    [  2583] s2 +failover-state-select-slave master g1 n1 6379
    [  2583] s2 +selected-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  2583] s2 +fence-armed master g1 n1 6379
    [  2583] s2 +failover-state-send-slaveof-noone slave n2:6379 n2 6379 @ g1 n1 6379
    [  2583] s2 +failover-state-wait-promotion slave n2:6379 n2 6379 @ g1 n1 6379
    [  2587] s2 +promoted-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  2587] s2 +failover-state-reconf-slaves master g1 n1 6379
    [  2587] s2 +switch-master g1 n1 6379 n2 6379
    [  2587] s2 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  2587] s2 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  2587] s2 +failover-end master g1 n2 6379
    [  2593] s2 +role-change master g1 n2 6379 new reported role is master
    [  2594] s1 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  2594] s1 +config-update-from sentinel s2 s2 26379 @ g1 n1 6379
    [  2594] s1 +switch-master g1 n1 6379 n2 6379
    [  2594] s1 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  2594] s1 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  2594] s3 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  2594] s3 +config-update-from sentinel s2 s2 26379 @ g1 n1 6379
    [  2594] s3 +switch-master g1 n1 6379 n2 6379
    [  2594] s3 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  2594] s3 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
show g1
expect
    [  5000] s1 has n2, epoch 10, current 10
    [  5000] s2 has n2, epoch 10, current 10
    [  5000] s3 has n2, epoch 10, current 10
    [  5000] n1 is dead
    [  5000] n2 is a primary
