# s3 and n1 are cut off, the others replace n1. Then s3 hears of it from s1 alone, and cannot reach
# the new primary: it wants n1 elected anew. s1 sees that the new primary works, and gives no vote.
# After a while s3 takes its word.
option fencing off
settle
cut s1 n1
cut s2 n1
cut n1 n2
cut n1 n3
cut s1 s3
cut s2 s3
cut s3 n2
cut s3 n3
until s1 +switch-master
run 2000
heal s1 s3
run 3000
show g1
expect
    [   754] s2 +sdown master g1 n1 6379
    [   754] s1 +sdown master g1 n1 6379
    [   756] s2 +odown master g1 n1 6379 #quorum 2/2
    [   756] s1 +odown master g1 n1 6379 #quorum 2/2
    [   759] s3 +sdown slave n2:6379 n2 6379 @ g1 n1 6379
    [   759] s3 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [   788] s1 +new-epoch 1
    [   788] s1 +try-failover master g1 n1 6379
    [   788] s1 +vote-for-leader s1 1
    [   791] s2 +new-epoch 1
    [   791] s2 +vote-for-leader s1 1
    [   792] s1 +elected-leader master g1 n1 6379
    [   792] s1 +failover-state-select-slave master g1 n1 6379
    [   792] s1 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [   792] s1 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [   792] s1 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [   796] s1 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [   796] s1 +failover-state-reconf-slaves master g1 n1 6379
    [   796] s1 +switch-master g1 n1 6379 n3 6379
    [   796] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [   796] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [   796] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [   796] s1 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [   799] s2 -odown master g1 n1 6379
    [   800] s1 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [   802] s1 +role-change master g1 n3 6379 new reported role is master
    [   803] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [   803] s2 +config-update-from sentinel s1 s1 26379 @ g1 n1 6379
    [   803] s2 +switch-master g1 n1 6379 n3 6379
    [   803] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [   803] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [   803] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [   812] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [   890] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [   890] s1 +failover-end master g1 n3 6379
    [  1009] s3 +sdown sentinel s1 s1 26379 @ g1 n1 6379
    [  1009] s3 +sdown sentinel s2 s2 26379 @ g1 n1 6379
    [  1009] s2 +sdown sentinel s3 s3 26379 @ g1 n3 6379
    [  1009] s1 +sdown sentinel s3 s3 26379 @ g1 n3 6379
    [  3019] s3 +new-epoch 1
    [  3019] s3 -sdown sentinel s1 s1 26379 @ g1 n1 6379
    [  3127] s1 -sdown sentinel s3 s3 26379 @ g1 n3 6379
    [  5796] s1 has n3, epoch 1, current 1
    [  5796] s2 has n3, epoch 1, current 1
    [  5796] s3 has n1, epoch 0, current 1
    [  5796] n1 is a primary
    [  5796] n2 follows n3, link up
    [  5796] n3 is a primary
run 9000
expect
    [  6019] s3 +new-epoch 2
    [  6019] s3 +vote-for-leader s3 2
    [  6022] s1 +new-epoch 2
    [  6023] s3 -failover-abort-not-elected master g1 n1 6379
    [  6798] s2 +new-epoch 2
    [  7330] s3 +new-epoch 3
    [  7330] s3 +vote-for-leader s3 3
    [  7333] s1 +new-epoch 3
    [  7334] s3 -failover-abort-not-elected master g1 n1 6379
    [  8578] s3 +new-epoch 4
    [  8578] s3 +vote-for-leader s3 4
    [  8581] s1 +new-epoch 4
    [  8582] s3 -failover-abort-not-elected master g1 n1 6379
    [  8798] s2 +new-epoch 4
    [  9019] s3 +config-update-from sentinel s1 s1 26379 @ g1 n1 6379
    [  9019] s3 +switch-master g1 n1 6379 n3 6379
    [  9019] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  9019] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  9019] s3 +sdown slave n2:6379 n2 6379 @ g1 n3 6379
show g1
expect
    [ 14796] s1 has n3, epoch 1, current 4
    [ 14796] s2 has n3, epoch 1, current 4
    [ 14796] s3 has n3, epoch 1, current 4
    [ 14796] n1 is a primary
    [ 14796] n2 follows n3, link up
    [ 14796] n3 is a primary
