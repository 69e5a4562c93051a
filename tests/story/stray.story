# A replica comes back as a primary, because somebody took its configuration away.
settle
kill n2
start n2 primary
run 8000
expect
    [    14] s3 +reboot slave n2:6379 n2 6379 @ g1 n1 6379
    [    14] s3 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [    15] s2 +reboot slave n2:6379 n2 6379 @ g1 n1 6379
    [    15] s2 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [    15] s1 +reboot slave n2:6379 n2 6379 @ g1 n1 6379
    [    15] s1 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [    16] s3 +convert-to-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [    24] s3 +role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is slave
    [    24] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n1 6379
    [    27] s1 +role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is slave
    [    31] s2 +role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is slave
    [   522] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [  1027] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [  1031] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
show g1
expect
    [  8000] s1 has n1, epoch 0, current 0
    [  8000] s2 has n1, epoch 0, current 0
    [  8000] s3 has n1, epoch 0, current 0
    [  8000] n1 is a primary
    [  8000] n2 follows n1, link up
    [  8000] n3 follows n1, link up
