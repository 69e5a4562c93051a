# A hello with an impossible epoch is refused; it must not use up the numbers.
settle
forge s2 n1 4611686018427387904
run 1000
expect
    [     1] s1 -epoch-refused 4611686018427387904 in a hello of s2
    [     1] s3 -epoch-refused 4611686018427387904 in a hello of s2
show g1
expect
    [  1000] s1 has n1, epoch 0, current 0
    [  1000] s2 has n1, epoch 0, current 0
    [  1000] s3 has n1, epoch 0, current 0
    [  1000] n1 is a primary
    [  1000] n2 follows n1, link up
    [  1000] n3 follows n1, link up
