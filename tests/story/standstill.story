# A supervisor stands still for 3 s. What it did not hear meanwhile proves nothing.
settle
hang s1
run 3000
resume s1
run 2000
expect
    [  1009] s2 +sdown sentinel s1 s1 26379 @ g1 n1 6379
    [  1009] s3 +sdown sentinel s1 s1 26379 @ g1 n1 6379
    [  3000] s1 +tilt #tilt mode entered
    [  3004] s2 -sdown sentinel s1 s1 26379 @ g1 n1 6379
    [  3004] s3 -sdown sentinel s1 s1 26379 @ g1 n1 6379
    [  4000] s1 -tilt #tilt mode exited
show g1
expect
    [  5000] s1 has n1, epoch 0, current 0
    [  5000] s2 has n1, epoch 0, current 0
    [  5000] s3 has n1, epoch 0, current 0
    [  5000] n1 is a primary
    [  5000] n2 follows n1, link up
    [  5000] n3 follows n1, link up
