# A primary that needs 100 ms for each command of each supervisor is slow, not down, and nothing
# piles up at it.
option down_after_ms 2000
settle
slow n1 100
run 10000
expect
pending n1
expect
    [ 10000] at most 2 requests wait on a connection to n1
slow n1 0
run 1000
show g1
expect
    [ 11000] s1 has n1, epoch 0, current 0
    [ 11000] s2 has n1, epoch 0, current 0
    [ 11000] s3 has n1, epoch 0, current 0
    [ 11000] n1 is a primary
    [ 11000] n2 follows n1, link up
    [ 11000] n3 follows n1, link up
