# Three primaries are lost one after another, before the last replica has spoken to any but the first: it is promoted all the same.
nodes 4
option flap_failovers 0
settle
refuse n4 1
kill n1
until +switch-master
run 30
expect
    [    24] s3 +sdown master g1 n1 6379
    [    25] s2 +sdown master g1 n1 6379
    [    27] s2 +odown master g1 n1 6379 #quorum 2/2
    [    28] s3 +odown master g1 n1 6379 #quorum 2/2
    [    28] s3 +new-epoch 1
    [    28] s3 +try-failover master g1 n1 6379
    [    28] s3 +vote-for-leader s3 1
    [    31] s1 +new-epoch 1
    [    31] s1 +vote-for-leader s3 1
    [    31] s2 +new-epoch 1
    [    31] s2 +vote-for-leader s3 1
    [    32] s3 +elected-leader master g1 n1 6379
    [    32] s3 +failover-state-select-slave master g1 n1 6379
    [    32] s3 +selected-slave slave n4:6379 n4 6379 @ g1 n1 6379
    [    32] s3 +fence-armed master g1 n1 6379
    [    32] s3 +failover-state-send-slaveof-noone slave n4:6379 n4 6379 @ g1 n1 6379
    [    32] s3 +failover-state-wait-promotion slave n4:6379 n4 6379 @ g1 n1 6379
    [    32] s1 +sdown master g1 n1 6379
    [    34] s3 -order-failed slave n4:6379 n4 6379 @ g1 n1 6379 promote: NOPERM this user has no permissions to run the command
    [    34] s1 +odown master g1 n1 6379 #quorum 2/2
    [   136] s3 -order-failed slave n4:6379 n4 6379 @ g1 n1 6379 promote: NOPERM this user has no permissions to run the command
    [   238] s3 -order-failed slave n4:6379 n4 6379 @ g1 n1 6379 promote: NOPERM this user has no permissions to run the command
    [   238] s3 -failover-abort-slave-timeout master g1 n1 6379
    [   241] s1 +new-epoch 2
    [   241] s1 +try-failover master g1 n1 6379
    [   241] s1 +vote-for-leader s1 2
    [   241] s2 +new-epoch 2
    [   241] s2 +try-failover master g1 n1 6379
    [   241] s2 +vote-for-leader s2 2
    [   244] s3 +new-epoch 2
    [   244] s3 +vote-for-leader s1 2
    [   245] s1 +elected-leader master g1 n1 6379
    [   245] s1 +failover-state-select-slave master g1 n1 6379
    [   245] s1 +selected-slave slave n4:6379 n4 6379 @ g1 n1 6379
    [   245] s1 +fence-armed master g1 n1 6379
    [   245] s1 +failover-state-send-slaveof-noone slave n4:6379 n4 6379 @ g1 n1 6379
    [   245] s1 +failover-state-wait-promotion slave n4:6379 n4 6379 @ g1 n1 6379
    [   245] s2 -failover-abort-not-elected master g1 n1 6379
    [   247] s1 -order-failed slave n4:6379 n4 6379 @ g1 n1 6379 promote: NOPERM this user has no permissions to run the command
    [   349] s1 -order-failed slave n4:6379 n4 6379 @ g1 n1 6379 promote: NOPERM this user has no permissions to run the command
    [   451] s1 -order-failed slave n4:6379 n4 6379 @ g1 n1 6379 promote: NOPERM this user has no permissions to run the command
    [   451] s1 -failover-abort-slave-timeout master g1 n1 6379
    [   454] s3 +new-epoch 3
    [   454] s3 +try-failover master g1 n1 6379
    [   454] s3 +vote-for-leader s3 3
    [   457] s1 +new-epoch 3
    [   457] s1 +vote-for-leader s3 3
    [   457] s2 +new-epoch 3
    [   457] s2 +vote-for-leader s3 3
    [   458] s3 +elected-leader master g1 n1 6379
    [   458] s3 +failover-state-select-slave master g1 n1 6379
    [   458] s3 -candidate-refused slave n4:6379 n4 6379 @ g1 n1 6379 it did not let itself be promoted
    [   458] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [   458] s3 +fence-armed master g1 n1 6379
    [   458] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [   458] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [   462] s3 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [   462] s3 +failover-state-reconf-slaves master g1 n1 6379
    [   462] s3 +switch-master g1 n1 6379 n3 6379
    [   462] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [   462] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [   462] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [   462] s3 +slave slave n4:6379 n4 6379 @ g1 n3 6379
    [   462] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [   466] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [   468] s3 +role-change master g1 n3 6379 new reported role is master
    [   469] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [   469] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [   469] s1 +switch-master g1 n1 6379 n3 6379
    [   469] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [   469] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [   469] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [   469] s1 +slave slave n4:6379 n4 6379 @ g1 n3 6379
    [   469] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [   469] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [   469] s2 +switch-master g1 n1 6379 n3 6379
    [   469] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [   469] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [   469] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [   469] s2 +slave slave n4:6379 n4 6379 @ g1 n3 6379
    [   477] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [   477] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
kill n3
until +switch-master
run 30
expect
    [   518] s2 +sdown master g1 n3 6379
    [   521] s3 +sdown master g1 n3 6379
    [   524] s2 +odown master g1 n3 6379 #quorum 2/2
    [   525] s3 +odown master g1 n3 6379 #quorum 2/2
    [   525] s3 +new-epoch 4
    [   525] s3 +try-failover master g1 n3 6379
    [   525] s3 +vote-for-leader s3 4
    [   525] s1 +sdown master g1 n3 6379
    [   528] s1 +new-epoch 4
    [   528] s1 +vote-for-leader s3 4
    [   528] s1 +odown master g1 n3 6379 #quorum 2/2
    [   528] s2 +new-epoch 4
    [   528] s2 +vote-for-leader s3 4
    [   529] s3 +elected-leader master g1 n3 6379
    [   529] s3 +failover-state-select-slave master g1 n3 6379
    [   531] s3 -candidate-refused slave n1:6379 n1 6379 @ g1 n3 6379 down
    [   531] s3 -candidate-refused slave n4:6379 n4 6379 @ g1 n3 6379 it did not let itself be promoted
    [   531] s3 +selected-slave slave n2:6379 n2 6379 @ g1 n3 6379
    [   531] s3 +fence-armed master g1 n3 6379
    [   531] s3 +failover-state-send-slaveof-noone slave n2:6379 n2 6379 @ g1 n3 6379
    [   531] s3 +failover-state-wait-promotion slave n2:6379 n2 6379 @ g1 n3 6379
    [   535] s3 +promoted-slave slave n2:6379 n2 6379 @ g1 n3 6379
    [   535] s3 +failover-state-reconf-slaves master g1 n3 6379
    [   535] s3 +switch-master g1 n3 6379 n2 6379
    [   535] s3 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [   535] s3 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [   535] s3 +slave slave n3:6379 n3 6379 @ g1 n2 6379
    [   535] s3 +sdown slave n3:6379 n3 6379 @ g1 n2 6379
    [   535] s3 +slave slave n4:6379 n4 6379 @ g1 n2 6379
    [   535] s3 +slave-reconf-sent slave n4:6379 n4 6379 @ g1 n2 6379
    [   539] s3 +role-change master g1 n2 6379 new reported role is master
    [   539] s3 -order-failed slave n4:6379 n4 6379 @ g1 n2 6379 follow: NOPERM this user has no permissions to run the command
    [   542] s1 -role-change slave n2:6379 n2 6379 @ g1 n3 6379 new reported role is master
    [   542] s1 +config-update-from sentinel s3 s3 26379 @ g1 n3 6379
    [   542] s1 +switch-master g1 n3 6379 n2 6379
    [   542] s1 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [   542] s1 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [   542] s1 +slave slave n3:6379 n3 6379 @ g1 n2 6379
    [   542] s1 +sdown slave n3:6379 n3 6379 @ g1 n2 6379
    [   542] s1 +slave slave n4:6379 n4 6379 @ g1 n2 6379
    [   542] s2 -role-change slave n2:6379 n2 6379 @ g1 n3 6379 new reported role is master
    [   542] s2 +config-update-from sentinel s3 s3 26379 @ g1 n3 6379
    [   542] s2 +switch-master g1 n3 6379 n2 6379
    [   542] s2 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [   542] s2 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [   542] s2 +slave slave n3:6379 n3 6379 @ g1 n2 6379
    [   542] s2 +sdown slave n3:6379 n3 6379 @ g1 n2 6379
    [   542] s2 +slave slave n4:6379 n4 6379 @ g1 n2 6379
refuse n4 0
kill n2
run 3000
expect
    [  1226] s3 +slave-reconf-sent slave n4:6379 n4 6379 @ g1 n2 6379
    [  1240] s3 +sdown master g1 n2 6379
    [  1240] s3 +slave-reconf-inprog slave n4:6379 n4 6379 @ g1 n2 6379
    [  1240] s2 +sdown master g1 n2 6379
    [  1242] s1 +sdown master g1 n2 6379
    [  1242] s2 +odown master g1 n2 6379 #quorum 2/2
    [  1244] s3 +odown master g1 n2 6379 #quorum 2/2
    [  1244] s3 +new-epoch 5
    [  1244] s3 +try-failover master g1 n2 6379
    [  1244] s3 +vote-for-leader s3 5
    [  1244] s1 +odown master g1 n2 6379 #quorum 2/2
    [  1247] s1 +new-epoch 5
    [  1247] s1 +vote-for-leader s3 5
    [  1247] s2 +new-epoch 5
    [  1247] s2 +vote-for-leader s3 5
    [  1248] s3 +elected-leader master g1 n2 6379
    [  1248] s3 +failover-state-select-slave master g1 n2 6379
    [  1252] s3 -candidate-refused slave n1:6379 n1 6379 @ g1 n2 6379 down
    [  1252] s3 -candidate-refused slave n3:6379 n3 6379 @ g1 n2 6379 down
    [  1252] s3 +selected-slave slave n4:6379 n4 6379 @ g1 n2 6379
    [  1252] s3 +fence-armed master g1 n2 6379
    [  1252] s3 +failover-state-send-slaveof-noone slave n4:6379 n4 6379 @ g1 n2 6379
    [  1252] s3 +failover-state-wait-promotion slave n4:6379 n4 6379 @ g1 n2 6379
    [  1256] s3 +promoted-slave slave n4:6379 n4 6379 @ g1 n2 6379
    [  1256] s3 +failover-state-reconf-slaves master g1 n2 6379
    [  1256] s3 +switch-master g1 n2 6379 n4 6379
    [  1256] s3 +slave slave n1:6379 n1 6379 @ g1 n4 6379
    [  1256] s3 +sdown slave n1:6379 n1 6379 @ g1 n4 6379
    [  1256] s3 +slave slave n2:6379 n2 6379 @ g1 n4 6379
    [  1256] s3 +sdown slave n2:6379 n2 6379 @ g1 n4 6379
    [  1256] s3 +slave slave n3:6379 n3 6379 @ g1 n4 6379
    [  1256] s3 +sdown slave n3:6379 n3 6379 @ g1 n4 6379
    [  1256] s3 +failover-end master g1 n4 6379
    [  1266] s3 +role-change master g1 n4 6379 new reported role is master
    [  1266] s2 -role-change slave n4:6379 n4 6379 @ g1 n2 6379 new reported role is master
    [  1266] s2 +config-update-from sentinel s3 s3 26379 @ g1 n2 6379
    [  1266] s2 +switch-master g1 n2 6379 n4 6379
    [  1266] s2 +slave slave n1:6379 n1 6379 @ g1 n4 6379
    [  1266] s2 +sdown slave n1:6379 n1 6379 @ g1 n4 6379
    [  1266] s2 +slave slave n2:6379 n2 6379 @ g1 n4 6379
    [  1266] s2 +sdown slave n2:6379 n2 6379 @ g1 n4 6379
    [  1266] s2 +slave slave n3:6379 n3 6379 @ g1 n4 6379
    [  1266] s2 +sdown slave n3:6379 n3 6379 @ g1 n4 6379
    [  1268] s1 -role-change slave n4:6379 n4 6379 @ g1 n2 6379 new reported role is master
    [  1268] s1 +config-update-from sentinel s3 s3 26379 @ g1 n2 6379
    [  1268] s1 +switch-master g1 n2 6379 n4 6379
    [  1268] s1 +slave slave n1:6379 n1 6379 @ g1 n4 6379
    [  1268] s1 +sdown slave n1:6379 n1 6379 @ g1 n4 6379
    [  1268] s1 +slave slave n2:6379 n2 6379 @ g1 n4 6379
    [  1268] s1 +sdown slave n2:6379 n2 6379 @ g1 n4 6379
    [  1268] s1 +slave slave n3:6379 n3 6379 @ g1 n4 6379
    [  1268] s1 +sdown slave n3:6379 n3 6379 @ g1 n4 6379
show g1
expect
    [  3565] s1 has n4, epoch 5, current 5
    [  3565] s2 has n4, epoch 5, current 5
    [  3565] s3 has n4, epoch 5, current 5
    [  3565] n1 is dead
    [  3565] n2 is dead
    [  3565] n3 is dead
    [  3565] n4 is a primary
