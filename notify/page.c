#include "notify/page.h"

#include <string.h>

/*   X(symbol, file, path of the URL, type) */
#define PAGE_FILES(X)                                                                              \
    X(page_html, "notify/page/index.html", "/", "text/html; charset=utf-8")                        \
    X(page_css, "notify/page/page.css", "/page.css", "text/css; charset=utf-8")                    \
    X(page_js, "notify/page/page.js", "/page.js", "text/javascript; charset=utf-8")                \
    X(page_draw, "notify/page/draw.js", "/draw.js", "text/javascript; charset=utf-8")              \
    X(page_story, "notify/page/story.js", "/story.js", "text/javascript; charset=utf-8")           \
    X(page_icon, "notify/page/icon.svg", "/icon.svg", "image/svg+xml")

/* The assembler takes them in as they are; the Makefile knows that this file depends on them. */
#define X(symbol, file, path, type)                                                                \
    extern const char symbol[], symbol##_end[];                                                    \
    __asm__(".section .rodata\n"                                                                   \
            ".globl " #symbol ", " #symbol "_end\n" #symbol ": .incbin \"" file "\"\n" #symbol     \
            "_end: .byte 0\n.text\n");
PAGE_FILES(X)
#undef X

const struct page_file *page_find(const char *path)
{
    static struct page_file files[] = {
#define X(symbol, file, url, type) { url, type, symbol, 0 },
        PAGE_FILES(X)
#undef X
    };
    static const char *const ends[] = {
#define X(symbol, file, url, type) symbol##_end,
        PAGE_FILES(X)
#undef X
    };

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (strcmp(files[i].path, path) != 0)
            continue;
        files[i].len = (size_t)(ends[i] - files[i].bytes);
        return &files[i];
    }
    return NULL;
}
