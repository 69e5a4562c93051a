# The only replica was restarted and is still loading when the primary dies.
nodes 2
settle
kill n2
start n2 2500
run 500
kill n1
run 1500
expect
    [    15] s2 +reboot slave n2:6379 n2 6379 @ g1 n1 6379
    [    16] s3 +reboot slave n2:6379 n2 6379 @ g1 n1 6379
    [    17] s1 +reboot slave n2:6379 n2 6379 @ g1 n1 6379
    [   526] s3 +sdown master g1 n1 6379
    [   527] s1 +sdown master g1 n1 6379
    [   527] s1 +odown master g1 n1 6379 #quorum 2/2
    [   529] s2 +sdown master g1 n1 6379
    [   529] s2 +odown master g1 n1 6379 #quorum 3/2
    [   530] s3 +odown master g1 n1 6379 #quorum 2/2
    [   530] s3 +new-epoch 1
    [   530] s3 +try-failover master g1 n1 6379
    [   530] s3 +vote-for-leader s3 1
    [   533] s1 +new-epoch 1
    [   533] s1 +vote-for-leader s3 1
    [   533] s2 +new-epoch 1
    [   533] s2 +vote-for-leader s3 1
    [   534] s3 +elected-leader master g1 n1 6379
    [   534] s3 +failover-state-select-slave master g1 n1 6379
    [   534] s3 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 loading
    [   534] s3 -failover-abort-no-good-slave master g1 n1 6379
    [   559] s1 +new-epoch 2
    [   559] s1 +try-failover master g1 n1 6379
    [   559] s1 +vote-for-leader s1 2
    [   562] s2 +new-epoch 2
    [   562] s2 +vote-for-leader s1 2
    [   562] s3 +new-epoch 2
    [   562] s3 +vote-for-leader s1 2
    [   563] s1 +elected-leader master g1 n1 6379
    [   563] s1 +failover-state-select-slave master g1 n1 6379
    [   563] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 loading
    [   563] s1 -failover-abort-no-good-slave master g1 n1 6379
    [   591] s2 +new-epoch 3
    [   591] s2 +try-failover master g1 n1 6379
    [   591] s2 +vote-for-leader s2 3
    [   594] s1 +new-epoch 3
    [   594] s1 +vote-for-leader s2 3
    [   594] s3 +new-epoch 3
    [   594] s3 +vote-for-leader s2 3
    [   595] s2 +elected-leader master g1 n1 6379
    [   595] s2 +failover-state-select-slave master g1 n1 6379
    [   595] s2 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 loading
    [   595] s2 -failover-abort-no-good-slave master g1 n1 6379
    [   779] s2 +new-epoch 4
    [   779] s2 +try-failover master g1 n1 6379
    [   779] s2 +vote-for-leader s2 4
    [   782] s1 +new-epoch 4
    [   782] s1 +vote-for-leader s2 4
    [   782] s3 +new-epoch 4
    [   782] s3 +vote-for-leader s2 4
    [   783] s2 +elected-leader master g1 n1 6379
    [   783] s2 +failover-state-select-slave master g1 n1 6379
    [   783] s2 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 loading
    [   783] s2 -failover-abort-no-good-slave master g1 n1 6379
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
    [  1026] s1 +new-epoch 6
    [  1026] s1 +try-failover master g1 n1 6379
    [  1026] s1 +vote-for-leader s1 6
    [  1029] s2 +new-epoch 6
    [  1029] s2 +vote-for-leader s1 6
    [  1029] s3 +new-epoch 6
    [  1029] s3 +vote-for-leader s1 6
    [  1030] s1 +elected-leader master g1 n1 6379
    [  1030] s1 +failover-state-select-slave master g1 n1 6379
    [  1030] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 loading
    [  1030] s1 -failover-abort-no-good-slave master g1 n1 6379
    [  1199] s2 +new-epoch 7
    [  1199] s2 +try-failover master g1 n1 6379
    [  1199] s2 +vote-for-leader s2 7
    [  1202] s1 +new-epoch 7
    [  1202] s1 +vote-for-leader s2 7
    [  1202] s3 +new-epoch 7
    [  1202] s3 +vote-for-leader s2 7
    [  1203] s2 +elected-leader master g1 n1 6379
    [  1203] s2 +failover-state-select-slave master g1 n1 6379
    [  1203] s2 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 loading
    [  1203] s2 -failover-abort-no-good-slave master g1 n1 6379
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
    [  1626] s1 +new-epoch 9
    [  1626] s1 +try-failover master g1 n1 6379
    [  1626] s1 +vote-for-leader s1 9
    [  1629] s2 +new-epoch 9
    [  1629] s2 +vote-for-leader s1 9
    [  1629] s3 +new-epoch 9
    [  1629] s3 +vote-for-leader s1 9
    [  1630] s1 +elected-leader master g1 n1 6379
    [  1630] s1 +failover-state-select-slave master g1 n1 6379
    [  1630] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 loading
    [  1630] s1 -failover-abort-no-good-slave master g1 n1 6379
run 3000
expect
    [  2577] s2 +new-epoch 10
    [  2577] s2 +try-failover master g1 n1 6379
    [  2577] s2 +vote-for-leader s2 10
    [  2580] s1 +new-epoch 10
    [  2580] s1 +vote-for-leader s2 10
    [  2580] s3 +new-epoch 10
    [  2580] s3 +vote-for-leader s2 10
    [  2581] s2 +elected-leader master g1 n1 6379
    [  2581] s2 +failover-state-select-slave master g1 n1 6379
    [  2581] s2 +selected-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  2581] s2 +failover-state-send-slaveof-noone slave n2:6379 n2 6379 @ g1 n1 6379
    [  2581] s2 +failover-state-wait-promotion slave n2:6379 n2 6379 @ g1 n1 6379
    [  2585] s2 +promoted-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  2585] s2 +failover-state-reconf-slaves master g1 n1 6379
    [  2585] s2 +switch-master g1 n1 6379 n2 6379
    [  2585] s2 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  2585] s2 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  2585] s2 +failover-end master g1 n2 6379
    [  2589] s2 +role-change master g1 n2 6379 new reported role is master
    [  2592] s1 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  2592] s1 +config-update-from sentinel s2 s2 26379 @ g1 n1 6379
    [  2592] s1 +switch-master g1 n1 6379 n2 6379
    [  2592] s1 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  2592] s1 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  2592] s3 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  2592] s3 +config-update-from sentinel s2 s2 26379 @ g1 n1 6379
    [  2592] s3 +switch-master g1 n1 6379 n2 6379
    [  2592] s3 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  2592] s3 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
show g1
expect
    [  5000] s1 has n2, epoch 10, current 10
    [  5000] s2 has n2, epoch 10, current 10
    [  5000] s3 has n2, epoch 10, current 10
    [  5000] n1 is dead
    [  5000] n2 is a primary
