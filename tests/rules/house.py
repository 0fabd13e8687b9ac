# Planted: every line after a `ruleid` must be found, and none after an `ok`. Nobody runs this.


def address_of_who_asks():
    # ruleid: address-of-who-asks
    seen = request.remote_addr
    # ruleid: address-of-who-asks
    seen = environ["REMOTE_ADDR"]
    # ruleid: address-of-who-asks
    seen = request.headers.get("X-Forwarded-For", "")
    # ruleid: address-of-who-asks
    seen = request.user_agent
    # ok: address-of-who-asks
    seen = request.headers.get("Sec-Fetch-Site")


def words_of_an_exception_in_a_log():
    try:
        something()
    except ValueError as error:
        # ruleid: words-of-an-exception-in-a-log
        logger.warning("it failed: %s", error)
        # ruleid: words-of-an-exception-in-a-log
        logger.error(f"it failed: {error}")
        # ruleid: words-of-an-exception-in-a-log
        logging.getLogger("tick").info(str(error))
        # ok: words-of-an-exception-in-a-log
        logger.warning("it failed")


def statement_made_of_text(session, name):
    # ruleid: statement-made-of-text
    session.execute(text(f"SELECT * FROM members WHERE pseudonym = '{name}'"))
    # ruleid: statement-made-of-text
    session.execute(text("SELECT * FROM members WHERE pseudonym = '" + name + "'"))
    # ruleid: statement-made-of-text
    connection.exec_driver_sql(f"DELETE FROM {name}")
    # ok: statement-made-of-text
    session.execute(text("SELECT 1"))


def markup_made_of_text(name):
    # ruleid: markup-made-of-text
    said = Markup(f"<b>{name}</b>")
    # ruleid: markup-made-of-text
    said = Markup("<b>" + name)
    # ruleid: markup-made-of-text
    said = Markup("<b>{}</b>".format(name))
    # ok: markup-made-of-text
    said = Markup("<b>%s</b>") % name


def template_made_of_text(name):
    # ruleid: template-made-of-text
    return render_template_string("<b>" + name + "</b>")


def drawn_by_a_weak_lot():
    # ruleid: drawn-by-a-weak-lot
    word = random.choice(WORDS)
    # ruleid: drawn-by-a-weak-lot
    word = uuid.uuid1()
    # ok: drawn-by-a-weak-lot
    word = secrets.choice(WORDS)


def calls_out():
    # ruleid: calls-out
    urllib.request.urlopen("https://elsewhere.example/")
    # ruleid: calls-out
    requests.post("https://elsewhere.example/", json={})
    # ruleid: calls-out
    smtplib.SMTP("elsewhere.example")


def compared_by_its_beginning(key, sent):
    # ruleid: compared-by-its-beginning
    return hmac.digest(key, b"x", "sha256") == sent


def read_as_code(sent):
    # ruleid: read-as-code
    pickle.loads(sent)
    # ruleid: read-as-code
    eval(sent)
