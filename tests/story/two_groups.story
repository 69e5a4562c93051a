# Two groups lose their primaries at the same moment. Epochs are drawn from one counter, votes are
# given per group: neither holds up the other.
groups 2
settle
kill n1
kill n4
run 3000
expect
    [    26] s3 +sdown master g1 n1 6379
    [    26] s3 +sdown master g2 n4 6379
    [    27] s1 +sdown master g2 n4 6379
    [    28] s1 +sdown master g1 n1 6379
    [    29] s1 +odown master g2 n4 6379 #quorum 2/2
    [    30] s3 +odown master g2 n4 6379 #quorum 2/2
    [    30] s3 +new-epoch 1
    [    30] s3 +try-failover master g2 n4 6379
    [    30] s3 +vote-for-leader s3 1
    [    33] s1 +new-epoch 1
    [    33] s1 +vote-for-leader s3 1
    [    33] s1 +odown master g1 n1 6379 #quorum 2/2
    [    33] s2 +new-epoch 1
    [    33] s2 +vote-for-leader s3 1
    [    33] s2 +sdown master g2 n4 6379
    [    33] s2 +sdown master g1 n1 6379
    [    34] s3 +elected-leader master g2 n4 6379
    [    34] s3 +failover-state-select-slave master g2 n4 6379
    [    34] s3 +selected-slave slave n5:6379 n5 6379 @ g2 n4 6379
    [    34] s3 +fence-armed master g2 n4 6379
    [    34] s3 +failover-state-send-slaveof-noone slave n5:6379 n5 6379 @ g2 n4 6379
    [    34] s3 +failover-state-wait-promotion slave n5:6379 n5 6379 @ g2 n4 6379
    [    35] s2 +odown master g2 n4 6379 #quorum 2/2
    [    35] s2 +odown master g1 n1 6379 #quorum 2/2
    [    36] s3 +odown master g1 n1 6379 #quorum 2/2
    [    36] s3 +new-epoch 2
    [    36] s3 +try-failover master g1 n1 6379
    [    36] s3 +vote-for-leader s3 2
    [    38] s3 +promoted-slave slave n5:6379 n5 6379 @ g2 n4 6379
    [    38] s3 +failover-state-reconf-slaves master g2 n4 6379
    [    38] s3 +switch-master g2 n4 6379 n5 6379
    [    38] s3 +slave slave n4:6379 n4 6379 @ g2 n5 6379
    [    38] s3 +sdown slave n4:6379 n4 6379 @ g2 n5 6379
    [    38] s3 +slave slave n6:6379 n6 6379 @ g2 n5 6379
    [    38] s3 +slave-reconf-sent slave n6:6379 n6 6379 @ g2 n5 6379
    [    39] s1 +new-epoch 2
    [    39] s1 +vote-for-leader s3 2
    [    39] s2 +new-epoch 2
    [    39] s2 +vote-for-leader s3 2
    [    40] s3 +elected-leader master g1 n1 6379
    [    40] s3 +failover-state-select-slave master g1 n1 6379
    [    40] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [    40] s3 +fence-armed master g1 n1 6379
    [    40] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [    40] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [    44] s3 +role-change master g2 n5 6379 new reported role is master
    [    44] s3 +slave-reconf-inprog slave n6:6379 n6 6379 @ g2 n5 6379
    [    45] s1 -role-change slave n5:6379 n5 6379 @ g2 n4 6379 new reported role is master
    [    45] s1 +config-update-from sentinel s3 s3 26379 @ g2 n4 6379
    [    45] s1 +switch-master g2 n4 6379 n5 6379
    [    45] s1 +slave slave n4:6379 n4 6379 @ g2 n5 6379
    [    45] s1 +sdown slave n4:6379 n4 6379 @ g2 n5 6379
    [    45] s1 +slave slave n6:6379 n6 6379 @ g2 n5 6379
    [    45] s2 -role-change slave n5:6379 n5 6379 @ g2 n4 6379 new reported role is master
    [    45] s2 +config-update-from sentinel s3 s3 26379 @ g2 n4 6379
    [    45] s2 +switch-master g2 n4 6379 n5 6379
    [    45] s2 +slave slave n4:6379 n4 6379 @ g2 n5 6379
    [    45] s2 +sdown slave n4:6379 n4 6379 @ g2 n5 6379
    [    45] s2 +slave slave n6:6379 n6 6379 @ g2 n5 6379
    [    46] s3 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [    46] s3 +failover-state-reconf-slaves master g1 n1 6379
    [    46] s3 +switch-master g1 n1 6379 n3 6379
    [    46] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [    46] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [    46] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [    46] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [    50] s3 +role-change master g1 n3 6379 new reported role is master
    [    50] s2 +slave-reconf-done slave n6:6379 n6 6379 @ g2 n5 6379
    [    53] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [    53] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [    53] s1 +switch-master g1 n1 6379 n3 6379
    [    53] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [    53] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [    53] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [    53] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [    53] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [    53] s2 +switch-master g1 n1 6379 n3 6379
    [    53] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [    53] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [    53] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [    53] s1 +slave-reconf-done slave n6:6379 n6 6379 @ g2 n5 6379
    [    60] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [    60] s3 +failover-end master g1 n3 6379
    [    61] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [    62] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [   132] s3 +slave-reconf-done slave n6:6379 n6 6379 @ g2 n5 6379
    [   132] s3 +failover-end master g2 n5 6379
show g1
show g2
expect
    [  3000] s1 has n3, epoch 2, current 2
    [  3000] s2 has n3, epoch 2, current 2
    [  3000] s3 has n3, epoch 2, current 2
    [  3000] n1 is dead
    [  3000] n2 follows n3, link up
    [  3000] n3 is a primary
    [  3000] s1 has n5, epoch 1, current 2
    [  3000] s2 has n5, epoch 1, current 2
    [  3000] s3 has n5, epoch 1, current 2
    [  3000] n4 is dead
    [  3000] n5 is a primary
    [  3000] n6 follows n5, link up
