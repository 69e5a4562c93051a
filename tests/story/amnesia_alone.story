# Two of three supervisors are restarted while another node comes up at the primary's address. They
# do not know any more how far the primary was and when it was lost, so the third, which does, is
# alone with its evidence, and alone it replaces nobody. It does not hold that against the primary for
# ever: no longer than until the replicas have the new data, or 10 s while they cannot get it.
settle
kill n1
kill s2
kill s3
run 2
start n1 stranger
run 300
start s2
start s3
run 3000
expect
    [    15] s1 +reboot master g1 n1 6379
    [    17] s1 +amnesia master g1 n1 6379 restarted with 263540 keys at offset 10, replica n2:6379 has 1000 at 1000
    [    17] s1 +sdown master g1 n1 6379
    [   302] s2 +monitor master g1 n1 6379 quorum 2
    [   302] s3 +monitor master g1 n1 6379 quorum 2
    [   308] s2 +reboot master g1 n1 6379
    [   308] s3 +reboot master g1 n1 6379
    [  1445] s1 -sdown master g1 n1 6379
cut n1 n2
cut n1 n3
kill n1
kill s2
kill s3
run 2
start n1 stranger
run 300
start s2
start s3
run 12000
expect
    [  3319] s1 +reboot master g1 n1 6379
    [  3319] s1 +amnesia master g1 n1 6379 restarted with 413385 keys at offset 12, replica n3:6379 has 266830 at 3300
    [  3319] s1 +sdown master g1 n1 6379
    [  3604] s2 +monitor master g1 n1 6379 quorum 2
    [  3604] s3 +monitor master g1 n1 6379 quorum 2
    [  3610] s2 +reboot master g1 n1 6379
    [  3610] s3 +reboot master g1 n1 6379
    [ 13319] s1 -sdown master g1 n1 6379
show g1
expect
    [ 15604] s1 has n1, epoch 0, current 0
    [ 15604] s2 has n1, epoch 0, current 0
    [ 15604] s3 has n1, epoch 0, current 0
    [ 15604] n1 is a primary
    [ 15604] n2 follows n1, link up
    [ 15604] n3 follows n1, link up
