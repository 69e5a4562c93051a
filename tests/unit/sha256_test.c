#include "wire/sha256.h"

#include <string.h>

#include "tests/unit/unit.h"

static void test_digest(void)
{
    char hex[SHA256_HEX_LEN + 1];
    char text[129];
    memset(text, 'a', sizeof(text));
    sha256_hex(slice_str(""), hex);
    CU_ASSERT_STRING_EQUAL(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_hex(slice_str("abc"), hex);
    CU_ASSERT_STRING_EQUAL(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    /* Where the length still fits into the last block, and where it does not. */
    sha256_hex((struct slice){ text, 55 }, hex);
    CU_ASSERT_STRING_EQUAL(hex, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
    sha256_hex((struct slice){ text, 56 }, hex);
    CU_ASSERT_STRING_EQUAL(hex, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a");
    sha256_hex((struct slice){ text, 64 }, hex);
    CU_ASSERT_STRING_EQUAL(hex, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
}

/* Cases of RFC 4231: a short key, none, one that is longer than a block. */
static void test_hmac(void)
{
    char hex[SHA256_HEX_LEN + 1];
    char key[131];

    CU_ASSERT_TRUE(
        sha256_hmac_hex(slice_str("Jefe"), slice_str("what do ya want for nothing?"), hex));
    CU_ASSERT_STRING_EQUAL(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CU_ASSERT_TRUE(sha256_hmac_hex(slice_str(""), slice_str(""), hex));
    CU_ASSERT_STRING_EQUAL(hex, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    memset(key, 0xaa, sizeof key);
    CU_ASSERT_TRUE(sha256_hmac_hex((struct slice){ key, sizeof key },
                                   slice_str("Test Using Larger Than Block-Size Key - Hash Key "
                                             "First"),
                                   hex));
    CU_ASSERT_STRING_EQUAL(hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static const struct unit_case cases[] = {
    { "digests of passwords", test_digest },
    { "HMAC", test_hmac },
};

int main(void)
{
    return unit_main("sha256", cases, sizeof(cases) / sizeof(cases[0]));
}
