# An operator hands the primary over by hand: once that is evident, an election follows it at once.
settle
promote n2
run 1500
follow n1 n2
run 3000
expect
    [    11] s2 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [    11] s3 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [    11] s1 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  1506] s2 -role-change master g1 n1 6379 new reported role is slave
    [  1506] s3 -role-change master g1 n1 6379 new reported role is slave
    [  1506] s1 -role-change master g1 n1 6379 new reported role is slave
    [  1806] s2 +sdown master g1 n1 6379
    [  1806] s3 +sdown master g1 n1 6379
    [  1806] s1 +sdown master g1 n1 6379
    [  1808] s2 +odown master g1 n1 6379 #quorum 2/2
    [  1808] s1 +odown master g1 n1 6379 #quorum 2/2
    [  1810] s3 +odown master g1 n1 6379 #quorum 2/2
    [  1810] s3 +new-epoch 1
    [  1810] s3 +try-failover master g1 n1 6379
    [  1810] s3 +vote-for-leader s3 1
    [  1813] s1 +new-epoch 1
    [  1813] s1 +vote-for-leader s3 1
    [  1813] s2 +new-epoch 1
    [  1813] s2 +vote-for-leader s3 1
    [  1814] s3 +elected-leader master g1 n1 6379
    [  1814] s3 +failover-state-select-slave master g1 n1 6379
    [  1814] s3 -candidate-refused slave n3:6379 n3 6379 @ g1 n1 6379 309 bytes behind the most advanced replica
    [  1814] s3 +selected-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  1814] s3 +fence-armed master g1 n1 6379
    [  1814] s3 +failover-state-send-slaveof-noone slave n2:6379 n2 6379 @ g1 n1 6379
    [  1814] s3 +failover-state-wait-promotion slave n2:6379 n2 6379 @ g1 n1 6379
    [  1816] s3 +fenced master g1 n1 6379
    [  1818] s3 +promoted-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  1818] s3 +failover-state-reconf-slaves master g1 n1 6379
    [  1818] s3 +switch-master g1 n1 6379 n2 6379
    [  1818] s3 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  1818] s3 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  1818] s3 +slave slave n3:6379 n3 6379 @ g1 n2 6379
    [  1818] s3 +slave-reconf-sent slave n3:6379 n3 6379 @ g1 n2 6379
    [  1820] s3 +slave-reconf-inprog slave n3:6379 n3 6379 @ g1 n2 6379
    [  1822] s3 +divergent-tail slave n1:6379 n1 6379 @ g1 n2 6379 1500 bytes from offset 1001 that only it has, written within 0 ms
    [  1823] s3 -sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  1825] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [  1825] s1 +switch-master g1 n1 6379 n2 6379
    [  1825] s1 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  1825] s1 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  1825] s1 +slave slave n3:6379 n3 6379 @ g1 n2 6379
    [  1825] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [  1825] s2 +switch-master g1 n1 6379 n2 6379
    [  1825] s2 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  1825] s2 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  1825] s2 +slave slave n3:6379 n3 6379 @ g1 n2 6379
    [  1826] s2 -sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  1828] s1 -sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  2029] s3 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n2 6379
    [  2330] s3 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n2 6379
    [  2330] s3 +failover-end master g1 n2 6379
    [  2828] s2 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n2 6379
    [  2829] s1 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n2 6379
    [  2830] s1 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n2 6379
    [  2833] s2 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n2 6379
show g1
expect
    [  4500] s1 has n2, epoch 1, current 1
    [  4500] s2 has n2, epoch 1, current 1
    [  4500] s3 has n2, epoch 1, current 1
    [  4500] n1 follows n2, link up
    [  4500] n2 is a primary
    [  4500] n3 follows n2, link up
