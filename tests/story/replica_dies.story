# A replica dies and comes back: told, and nothing else.
settle
kill n3
run 3000
expect
    [   759] s3 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [   759] s1 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [   759] s2 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
start n3 500
run 3000
expect
    [  3141] s1 -sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  3145] s1 +reboot slave n3:6379 n3 6379 @ g1 n1 6379
    [  3241] s3 -sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  3243] s3 +reboot slave n3:6379 n3 6379 @ g1 n1 6379
    [  3632] s2 -sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  3634] s2 +reboot slave n3:6379 n3 6379 @ g1 n1 6379
show g1
expect
    [  6000] s1 has n1, epoch 0, current 0
    [  6000] s2 has n1, epoch 0, current 0
    [  6000] s3 has n1, epoch 0, current 0
    [  6000] n1 is a primary
    [  6000] n2 follows n1, link up
    [  6000] n3 follows n1, link up
