# Failovers in short succession: after the second, the next one waits for 3 s, the one after it for
# 6 s. n1 is preferred by its priority; when it has lost the role twice, it goes behind the others,
# until an operator says that the cause is gone: then the next failover does not wait either.
option flap_failovers 2
option flap_cool_down_ms 3000
settle
priority n1 1
kill n1
until s1 +switch-master
start n1
run 3000
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
    [    32] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [    32] s3 +fence-armed master g1 n1 6379
    [    32] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [    32] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [    32] s1 +sdown master g1 n1 6379
    [    34] s1 +odown master g1 n1 6379 #quorum 2/2
    [    36] s3 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [    36] s3 +failover-state-reconf-slaves master g1 n1 6379
    [    36] s3 +switch-master g1 n1 6379 n3 6379
    [    36] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [    36] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [    36] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [    36] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [    40] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [    42] s3 +role-change master g1 n3 6379 new reported role is master
    [    43] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [    43] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [    43] s1 +switch-master g1 n1 6379 n3 6379
    [    43] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [    43] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [    43] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [    43] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [    43] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [    43] s2 +switch-master g1 n1 6379 n3 6379
    [    43] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [    43] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [    43] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [    48] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [    50] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [    51] s3 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [    51] s3 +slave-reconf-sent slave n1:6379 n1 6379 @ g1 n3 6379
    [    55] s3 +reboot slave n1:6379 n1 6379 @ g1 n3 6379
    [    56] s1 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [    57] s2 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [    60] s1 +reboot slave n1:6379 n1 6379 @ g1 n3 6379
    [    60] s1 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [    61] s2 +reboot slave n1:6379 n1 6379 @ g1 n3 6379
    [    61] s2 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [    67] s3 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [    67] s3 +slave-reconf-inprog slave n1:6379 n1 6379 @ g1 n3 6379
    [   130] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [   563] s3 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [   563] s3 +failover-end master g1 n3 6379
    [  1058] s1 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [  1059] s2 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
kill n3
until s1 +switch-master
start n3
run 1000
expect
    [  3070] s1 +sdown master g1 n3 6379
    [  3073] s3 +sdown master g1 n3 6379
    [  3076] s1 +odown master g1 n3 6379 #quorum 2/2
    [  3077] s3 +odown master g1 n3 6379 #quorum 2/2
    [  3077] s3 +new-epoch 2
    [  3077] s3 +try-failover master g1 n3 6379
    [  3077] s3 +vote-for-leader s3 2
    [  3077] s2 +sdown master g1 n3 6379
    [  3080] s1 +new-epoch 2
    [  3080] s1 +vote-for-leader s3 2
    [  3080] s2 +new-epoch 2
    [  3080] s2 +vote-for-leader s3 2
    [  3080] s2 +odown master g1 n3 6379 #quorum 2/2
    [  3081] s3 +elected-leader master g1 n3 6379
    [  3081] s3 +failover-state-select-slave master g1 n3 6379
    [  3081] s3 +selected-slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  3081] s3 +fence-armed master g1 n3 6379
    [  3081] s3 +failover-state-send-slaveof-noone slave n1:6379 n1 6379 @ g1 n3 6379
    [  3081] s3 +failover-state-wait-promotion slave n1:6379 n1 6379 @ g1 n3 6379
    [  3085] s3 +promoted-slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  3085] s3 +failover-state-reconf-slaves master g1 n3 6379
    [  3085] s3 +flapping master g1 n3 6379 2 failovers in short succession: the next one waits 3000 ms
    [  3085] s3 +switch-master g1 n3 6379 n1 6379
    [  3085] s3 +slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  3085] s3 +slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  3085] s3 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  3085] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n1 6379
    [  3091] s3 +role-change master g1 n1 6379 new reported role is master
    [  3091] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n1 6379
    [  3092] s1 -role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is master
    [  3092] s1 +config-update-from sentinel s3 s3 26379 @ g1 n3 6379
    [  3092] s1 +flapping master g1 n3 6379 2 failovers in short succession: the next one waits 3000 ms
    [  3092] s1 +switch-master g1 n3 6379 n1 6379
    [  3092] s1 +slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  3092] s1 +slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  3092] s1 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  3092] s2 -role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is master
    [  3092] s2 +config-update-from sentinel s3 s3 26379 @ g1 n3 6379
    [  3092] s2 +flapping master g1 n3 6379 2 failovers in short succession: the next one waits 3000 ms
    [  3092] s2 +switch-master g1 n3 6379 n1 6379
    [  3092] s2 +slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  3092] s2 +slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  3092] s2 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  3100] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [  3101] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [  3106] s1 -sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  3109] s2 -sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  3110] s1 +reboot slave n3:6379 n3 6379 @ g1 n1 6379
    [  3111] s3 -sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  3111] s3 +slave-reconf-sent slave n3:6379 n3 6379 @ g1 n1 6379
    [  3113] s2 +reboot slave n3:6379 n3 6379 @ g1 n1 6379
    [  3115] s3 +reboot slave n3:6379 n3 6379 @ g1 n1 6379
    [  3127] s3 +role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is slave
    [  3127] s3 +slave-reconf-inprog slave n3:6379 n3 6379 @ g1 n1 6379
    [  3127] s2 +role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is slave
    [  3127] s1 +role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is slave
    [  3179] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [  3623] s3 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n1 6379
    [  3623] s3 +failover-end master g1 n1 6379
kill n1
until s1 +switch-master
start n1
run 1000
expect
    [  4118] s1 +sdown master g1 n1 6379
    [  4121] s3 +sdown master g1 n1 6379
    [  4123] s2 +sdown master g1 n1 6379
    [  4123] s3 +odown master g1 n1 6379 #quorum 2/2
    [  4124] s1 +odown master g1 n1 6379 #quorum 2/2
    [  4125] s2 +odown master g1 n1 6379 #quorum 2/2
    [  6085] s3 +new-epoch 3
    [  6085] s3 +try-failover master g1 n1 6379
    [  6085] s3 +vote-for-leader s3 3
    [  6088] s1 +new-epoch 3
    [  6088] s1 +vote-for-leader s3 3
    [  6088] s2 +new-epoch 3
    [  6088] s2 +vote-for-leader s3 3
    [  6089] s3 +elected-leader master g1 n1 6379
    [  6089] s3 +failover-state-select-slave master g1 n1 6379
    [  6089] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  6089] s3 +fence-armed master g1 n1 6379
    [  6089] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [  6089] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [  6093] s3 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  6093] s3 +failover-state-reconf-slaves master g1 n1 6379
    [  6093] s3 +flapping master g1 n1 6379 3 failovers in short succession: the next one waits 6000 ms
    [  6093] s3 +quarantine master g1 n1 6379 it lost the primary's role 2 times
    [  6093] s3 +switch-master g1 n1 6379 n3 6379
    [  6093] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  6093] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  6093] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  6093] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [  6097] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [  6099] s3 +role-change master g1 n3 6379 new reported role is master
    [  6100] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  6100] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [  6100] s1 +flapping master g1 n1 6379 3 failovers in short succession: the next one waits 6000 ms
    [  6100] s1 +quarantine master g1 n1 6379 it lost the primary's role 2 times
    [  6100] s1 +switch-master g1 n1 6379 n3 6379
    [  6100] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  6100] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  6100] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  6100] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  6100] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [  6100] s2 +flapping master g1 n1 6379 3 failovers in short succession: the next one waits 6000 ms
    [  6100] s2 +quarantine master g1 n1 6379 it lost the primary's role 2 times
    [  6100] s2 +switch-master g1 n1 6379 n3 6379
    [  6100] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  6100] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  6100] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  6106] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  6109] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  6187] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  6187] s3 +failover-end master g1 n3 6379
    [  6561] s1 +fence-armed slave n1:6379 n1 6379 @ g1 n3 6379
    [  6733] s2 +fence-armed slave n1:6379 n1 6379 @ g1 n3 6379
    [  6755] s3 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  6757] s3 +reboot slave n1:6379 n1 6379 @ g1 n3 6379
    [  6757] s3 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
kill n3
run 4000
expect
    [  7121] s2 +sdown master g1 n3 6379
    [  7126] s3 +sdown master g1 n3 6379
    [  7128] s3 +odown master g1 n3 6379 #quorum 2/2
    [  7129] s2 +odown master g1 n3 6379 #quorum 2/2
    [  7130] s1 +sdown master g1 n3 6379
    [  7132] s1 +odown master g1 n3 6379 #quorum 2/2
    [  7256] s1 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  7260] s1 +reboot slave n1:6379 n1 6379 @ g1 n3 6379
    [  7260] s1 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [  7287] s2 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  7289] s2 +reboot slave n1:6379 n1 6379 @ g1 n3 6379
    [  7289] s2 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
ack s1 g1
ack s2 g1
ack s3 g1
run 500
expect
    [ 11102] s1 -flapping master g1 n3 6379
    [ 11102] s1 -quarantine slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11102] s1 +new-epoch 4
    [ 11102] s1 +try-failover master g1 n3 6379
    [ 11102] s1 +vote-for-leader s1 4
    [ 11102] s1 replies: OK
    [ 11102] s2 -flapping master g1 n3 6379
    [ 11102] s2 -quarantine slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11102] s2 +new-epoch 4
    [ 11102] s2 +try-failover master g1 n3 6379
    [ 11102] s2 +vote-for-leader s2 4
    [ 11102] s2 replies: OK
    [ 11102] s3 -flapping master g1 n3 6379
    [ 11102] s3 -quarantine slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11102] s3 +new-epoch 4
    [ 11102] s3 +try-failover master g1 n3 6379
    [ 11102] s3 +vote-for-leader s3 4
    [ 11102] s3 replies: OK
    [ 11104] s1 -failover-abort-not-elected master g1 n3 6379
    [ 11104] s2 -failover-abort-not-elected master g1 n3 6379
    [ 11104] s3 -failover-abort-not-elected master g1 n3 6379
    [ 11378] s3 +new-epoch 5
    [ 11378] s3 +try-failover master g1 n3 6379
    [ 11378] s3 +vote-for-leader s3 5
    [ 11379] s1 +new-epoch 5
    [ 11379] s1 +try-failover master g1 n3 6379
    [ 11379] s1 +vote-for-leader s1 5
    [ 11381] s2 +new-epoch 5
    [ 11381] s2 +vote-for-leader s3 5
    [ 11382] s3 +elected-leader master g1 n3 6379
    [ 11382] s3 +failover-state-select-slave master g1 n3 6379
    [ 11382] s3 +selected-slave slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11382] s3 +fence-armed master g1 n3 6379
    [ 11382] s3 +failover-state-send-slaveof-noone slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11382] s3 +failover-state-wait-promotion slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11382] s1 -failover-abort-not-elected master g1 n3 6379
    [ 11386] s3 +promoted-slave slave n1:6379 n1 6379 @ g1 n3 6379
    [ 11386] s3 +failover-state-reconf-slaves master g1 n3 6379
    [ 11386] s3 +switch-master g1 n3 6379 n1 6379
    [ 11386] s3 +slave slave n2:6379 n2 6379 @ g1 n1 6379
    [ 11386] s3 +slave slave n3:6379 n3 6379 @ g1 n1 6379
    [ 11386] s3 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [ 11386] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n1 6379
    [ 11392] s3 +role-change master g1 n1 6379 new reported role is master
    [ 11392] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n1 6379
    [ 11393] s1 -role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is master
    [ 11393] s1 +config-update-from sentinel s3 s3 26379 @ g1 n3 6379
    [ 11393] s1 +switch-master g1 n3 6379 n1 6379
    [ 11393] s1 +slave slave n2:6379 n2 6379 @ g1 n1 6379
    [ 11393] s1 +slave slave n3:6379 n3 6379 @ g1 n1 6379
    [ 11393] s1 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [ 11393] s2 -role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is master
    [ 11393] s2 +config-update-from sentinel s3 s3 26379 @ g1 n3 6379
    [ 11393] s2 +switch-master g1 n3 6379 n1 6379
    [ 11393] s2 +slave slave n2:6379 n2 6379 @ g1 n1 6379
    [ 11393] s2 +slave slave n3:6379 n3 6379 @ g1 n1 6379
    [ 11393] s2 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [ 11401] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [ 11402] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [ 11480] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [ 11480] s3 +failover-end master g1 n1 6379
show g1
expect
    [ 11600] s1 has n1, epoch 5, current 5
    [ 11600] s2 has n1, epoch 5, current 5
    [ 11600] s3 has n1, epoch 5, current 5
    [ 11600] n1 is a primary
    [ 11600] n2 follows n1, link up
    [ 11600] n3 is dead
