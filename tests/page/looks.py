"""The page in Chromium: it shows a failover without being loaded again, wants the token, asks no foreign host, and axe finds nothing."""

import os

import process
from browse import Browser
from cluster import Cluster
from waiting import check, wait
from webs import give_webs

TOKEN = "b3-open-sesame"
DESK, PHONE = (1100, 900), (390, 844)
WORDS = "document.getElementById('picture-words').innerText"
STATE = "document.body.dataset.state"
STEPS = "[...document.querySelectorAll('.steps li')].map(li => li.innerText).join('\\n')"
OVERFLOWS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def picture(browser, name, size=DESK, dark=False):
    """Checks what can be checked of a look, and keeps it where SHOTS says."""
    browser.do("look", width=size[0], height=size[1], dark=dark)
    browser.do("wait", code="document.getElementById('picture').firstElementChild.viewBox.baseVal.width <= innerWidth")
    check(not browser.do("eval", code=OVERFLOWS), "%s is wider than the screen" % name)
    found = browser.do("axe")
    check(not found, "axe on %s: %s" % (name, found))
    if os.environ.get("SHOTS"):
        browser.do("shot", file=os.path.join(os.environ["SHOTS"], name + ".png"), whole=True)


def open_with_token(browser, web):
    """A wrong token is told of, the right one shows all."""
    browser.do("goto", url="http://%s:%d/" % (web.host, web.port))
    browser.do("wait", code="!document.getElementById('token').hidden")
    browser.do("type", where="#token-text", text="wrong")
    browser.do("wait", code="document.getElementById('token-wrong').textContent !== ''")
    browser.do("type", where="#token-text", text=TOKEN)
    browser.do("wait", code="document.getElementById('token').hidden && %s === 'ok'" % STATE)
    # What the browser itself says of 401.
    complaints = browser.do("complaints")
    check(all("401" in c for c in complaints), "complaints: %s" % complaints)


def shows(browser, group):
    return all("%s:%d\t%s" % (n.host, n.port, "primary" if n is group.primary else "replica") in browser.do("eval", code=WORDS)
               for n in group.nodes)


def test_page():
    world = Cluster("redis", "picketd", down_after=500)
    give_webs(world, (TOKEN,))
    browser = Browser(os.path.dirname(process.binary("page/node_modules/-")))
    try:
        with world:
            group, old, watched = world.group, world.group.primary, world.supervisors[0]
            open_with_token(browser, watched.web)
            wait(lambda: shows(browser, group), "the picture in words")
            picture(browser, "well")
            browser.do("eval", code="void (window.same = true)")

            moment = old.kill()
            new = world.wait_switch(group, moment)
            wait(lambda: shows(browser, group), "the new primary in the picture")
            browser.do("wait", code="%s === 'degraded' && %s.includes('new primary announced')" % (STATE, STEPS))
            browser.do("wait", code="document.querySelector('#history tbody').innerText.includes('%d → 127.0.0.1:%d')" % (old.port, new.port))
            picture(browser, "failover")
            picture(browser, "failover-dark", dark=True)
            picture(browser, "failover-phone", PHONE)
            old.start().await_ready()
            world.settle()
            browser.do("wait", code="%s === 'ok'" % STATE)
            picture(browser, "afterwards")

            watched.call("PICKET", "PAUSE", "orders", "600000")
            browser.do("wait", code="%s === 'paused'" % STATE)
            picture(browser, "paused", dark=True)
            watched.call("PICKET", "RESUME", "orders")
            browser.do("wait", code="%s === 'ok'" % STATE)

            # Frozen, all of them: nobody can be promoted.
            for node in group.nodes:
                node.stop()
            browser.do("wait", code="%s === 'down'" % STATE)
            for node in group.nodes:
                node.cont()
            browser.do("wait", code="%s === 'ok'" % STATE)
            check(browser.do("eval", code="window.same"), "the page was loaded again")
            complaints = browser.do("complaints")
            check(not complaints, "complaints: %s" % complaints)

            watched.kill()
            browser.do("wait", code="%s === 'unknown'" % STATE)
            watched.start().await_ready()
            browser.do("wait", code="%s === 'ok' && document.getElementById('wire').dataset.live === 'yes'" % STATE)
    finally:
        browser.done()
