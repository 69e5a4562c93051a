# One supervisor of three loses the primary, the quorum is two: it keeps its opinion to itself.
settle
cut s1 n1
run 5000
expect
    [   754] s1 +sdown master g1 n1 6379
heal s1 n1
run 3000
expect
    [  5062] s1 -sdown master g1 n1 6379
show g1
expect
    [  8000] s1 has n1, epoch 0, current 0
    [  8000] s2 has n1, epoch 0, current 0
    [  8000] s3 has n1, epoch 0, current 0
    [  8000] n1 is a primary
    [  8000] n2 follows n1, link up
    [  8000] n3 follows n1, link up
