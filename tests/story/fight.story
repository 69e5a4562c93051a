# Somebody points a replica elsewhere each time that it was put right: it is left alone for a while, and told of.
settle
follow n2 n3
run 6000
follow n2 n3
run 6000
follow n2 n3
run 6000
follow n2 n3
run 30000
follow n2 n3
run 120000
expect
    [ 11011] s3 +fix-slave-config slave n2:6379 n2 6379 @ g1 n1 6379
    [ 11013] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n1 6379
    [ 11025] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [ 11025] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [ 11027] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [ 14241] s1 +fix-slave-config slave n2:6379 n2 6379 @ g1 n1 6379
    [ 14243] s1 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n1 6379
    [ 14255] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [ 14257] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [ 24345] s1 +fight slave n2:6379 n2 6379 @ g1 n1 6379 somebody else changes what it follows; it is left alone for 20 s
    [ 25257] s2 +fight slave n2:6379 n2 6379 @ g1 n1 6379 somebody else changes what it follows; it is left alone for 20 s
    [ 26254] s3 +fix-slave-config slave n2:6379 n2 6379 @ g1 n1 6379
    [ 26256] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n1 6379
    [ 26265] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [ 26268] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [ 26269] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [ 56358] s3 +fight slave n2:6379 n2 6379 @ g1 n1 6379 somebody else changes what it follows; it is left alone for 20 s
    [ 57265] s1 +fight slave n2:6379 n2 6379 @ g1 n1 6379 somebody else changes what it follows; it is left alone for 40 s
    [ 57269] s2 +fight slave n2:6379 n2 6379 @ g1 n1 6379 somebody else changes what it follows; it is left alone for 40 s
    [ 76370] s3 +fix-slave-config slave n2:6379 n2 6379 @ g1 n1 6379
    [ 76382] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [ 76384] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [ 76386] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [136358] s3 -fight slave n2:6379 n2 6379 @ g1 n1 6379
    [157265] s1 -fight slave n2:6379 n2 6379 @ g1 n1 6379
    [157269] s2 -fight slave n2:6379 n2 6379 @ g1 n1 6379
