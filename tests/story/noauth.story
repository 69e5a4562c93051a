# A node that refuses our credentials is alive: an alarm, never a vote against it. When the rights
# are back the connections are made anew.
settle
deny n1 1
run 5000
expect
    [     4] s2 +access-denied master g1 n1 6379
    [     4] s3 +access-denied master g1 n1 6379
    [     4] s1 +access-denied master g1 n1 6379
deny n1 0
run 5000
expect
    [  5022] s2 -access-denied master g1 n1 6379
    [  5022] s3 -access-denied master g1 n1 6379
    [  5022] s1 -access-denied master g1 n1 6379
show g1
expect
    [ 10000] s1 has n1, epoch 0, current 0
    [ 10000] s2 has n1, epoch 0, current 0
    [ 10000] s3 has n1, epoch 0, current 0
    [ 10000] n1 is a primary
    [ 10000] n2 follows n1, link up
    [ 10000] n3 follows n1, link up
