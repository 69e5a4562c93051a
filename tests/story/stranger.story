# Another node comes up at the primary's address, with more keys than the replicas have: by its
# history it counts as down at once. One that has its own data again, and only names another
# history, cannot be told from it, and loses its role to a replica that was in step.
settle
kill n1
run 2
start n1 stranger
run 4000
expect
    [    14] s3 +reboot master g1 n1 6379
    [    15] s2 +reboot master g1 n1 6379
    [    15] s1 +reboot master g1 n1 6379
    [    16] s3 +amnesia master g1 n1 6379 restarted with 831838 keys at offset 9, replica n2:6379 has 1000 at 1000
    [    16] s3 +sdown master g1 n1 6379
    [    17] s2 +amnesia master g1 n1 6379 restarted with 831839 keys at offset 10, replica n2:6379 has 1000 at 1000
    [    17] s2 +sdown master g1 n1 6379
    [    17] s1 +amnesia master g1 n1 6379 restarted with 831839 keys at offset 10, replica n2:6379 has 1000 at 1000
    [    17] s1 +sdown master g1 n1 6379
    [    19] s2 +odown master g1 n1 6379 #quorum 2/2
    [    19] s1 +odown master g1 n1 6379 #quorum 2/2
    [    20] s3 +odown master g1 n1 6379 #quorum 2/2
    [    20] s3 +new-epoch 1
    [    20] s3 +try-failover master g1 n1 6379
    [    20] s3 +vote-for-leader s3 1
    [    23] s1 +new-epoch 1
    [    23] s1 +vote-for-leader s3 1
    [    23] s2 +new-epoch 1
    [    23] s2 +vote-for-leader s3 1
    [    24] s3 +elected-leader master g1 n1 6379
    [    24] s3 +failover-state-select-slave master g1 n1 6379
    [    27] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [    27] s3 +fence-armed master g1 n1 6379
    [    27] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [    27] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [    29] s3 -role-change master g1 n1 6379 new reported role is slave
    [    29] s3 +fenced master g1 n1 6379
    [    31] s3 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [    31] s3 +failover-state-reconf-slaves master g1 n1 6379
    [    31] s3 +switch-master g1 n1 6379 n3 6379
    [    31] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [    31] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [    31] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [    31] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [    37] s3 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [    38] s1 -role-change master g1 n1 6379 new reported role is slave
    [    38] s1 -sdown master g1 n1 6379
    [    38] s1 -odown master g1 n1 6379
    [    41] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [    41] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [    41] s1 +switch-master g1 n1 6379 n3 6379
    [    41] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [    41] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [    41] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [    41] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [    41] s2 +switch-master g1 n1 6379 n3 6379
    [    41] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [    41] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [    41] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [    41] s2 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [    41] s3 +role-change master g1 n3 6379 new reported role is master
    [    41] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [    41] s3 +slave-reconf-sent slave n1:6379 n1 6379 @ g1 n3 6379
    [    41] s3 +slave-reconf-inprog slave n1:6379 n1 6379 @ g1 n3 6379
    [    44] s2 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [    44] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [    45] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  1569] s3 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [  1569] s3 +failover-end master g1 n3 6379
    [  2054] s2 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [  2054] s1 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
show g1
expect
    [  4002] s1 has n3, epoch 1, current 1
    [  4002] s2 has n3, epoch 1, current 1
    [  4002] s3 has n3, epoch 1, current 1
    [  4002] n1 follows n3, link up
    [  4002] n2 follows n3, link up
    [  4002] n3 is a primary
kill n3
run 2
start n3 renamed
run 4000
expect
    [  4017] s1 +reboot master g1 n3 6379
    [  4017] s2 +reboot master g1 n3 6379
    [  4019] s1 +amnesia master g1 n3 6379 restarted with 4984 keys at offset 4984, replica n1:6379 has 4974 at 4974
    [  4019] s1 +sdown master g1 n3 6379
    [  4019] s2 +amnesia master g1 n3 6379 restarted with 4984 keys at offset 4984, replica n1:6379 has 4974 at 4974
    [  4019] s2 +sdown master g1 n3 6379
    [  4019] s3 +reboot master g1 n3 6379
    [  4019] s3 +amnesia master g1 n3 6379 restarted with 4986 keys at offset 4986, replica n1:6379 has 4974 at 4974
    [  4019] s3 +sdown master g1 n3 6379
    [  4021] s1 +odown master g1 n3 6379 #quorum 2/2
    [  4021] s2 +odown master g1 n3 6379 #quorum 2/2
    [  4023] s3 +odown master g1 n3 6379 #quorum 2/2
    [  4023] s3 +new-epoch 2
    [  4023] s3 +try-failover master g1 n3 6379
    [  4023] s3 +vote-for-leader s3 2
    [  4026] s1 +new-epoch 2
    [  4026] s1 +vote-for-leader s3 2
    [  4026] s2 +new-epoch 2
    [  4026] s2 +vote-for-leader s3 2
    [  4027] s3 +elected-leader master g1 n3 6379
    [  4027] s3 +failover-state-select-slave master g1 n3 6379
    [  4029] s3 +selected-slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  4029] s3 +fence-armed master g1 n3 6379
    [  4029] s3 +failover-state-send-slaveof-noone slave n1:6379 n1 6379 @ g1 n3 6379
    [  4029] s3 +failover-state-wait-promotion slave n1:6379 n1 6379 @ g1 n3 6379
    [  4031] s3 -role-change master g1 n3 6379 new reported role is slave
    [  4031] s3 +fenced master g1 n3 6379
    [  4033] s3 +promoted-slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  4033] s3 +failover-state-reconf-slaves master g1 n3 6379
    [  4033] s3 +switch-master g1 n3 6379 n1 6379
    [  4033] s3 +slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  4033] s3 +slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  4033] s3 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  4033] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n1 6379
    [  4037] s3 -sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  4040] s1 -role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is master
    [  4040] s1 +config-update-from sentinel s3 s3 26379 @ g1 n3 6379
    [  4040] s1 +switch-master g1 n3 6379 n1 6379
    [  4040] s1 +slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  4040] s1 +slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  4040] s1 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  4040] s1 -sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  4040] s2 -role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is master
    [  4040] s2 +config-update-from sentinel s3 s3 26379 @ g1 n3 6379
    [  4040] s2 +switch-master g1 n3 6379 n1 6379
    [  4040] s2 +slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  4040] s2 +slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  4040] s2 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  4042] s1 +role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is slave
    [  4042] s2 -sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  4043] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [  4043] s3 +slave-reconf-sent slave n3:6379 n3 6379 @ g1 n1 6379
    [  4043] s3 +slave-reconf-inprog slave n3:6379 n3 6379 @ g1 n1 6379
    [  4043] s3 +role-change master g1 n1 6379 new reported role is master
    [  4046] s2 +role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is slave
    [  4047] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [  4047] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [  5571] s3 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n1 6379
    [  5571] s3 +failover-end master g1 n1 6379
    [  6058] s1 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n1 6379
    [  6059] s2 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n1 6379
show g1
expect
    [  8004] s1 has n1, epoch 2, current 2
    [  8004] s2 has n1, epoch 2, current 2
    [  8004] s3 has n1, epoch 2, current 2
    [  8004] n1 is a primary
    [  8004] n2 follows n1, link up
    [  8004] n3 follows n1, link up
