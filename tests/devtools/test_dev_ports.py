import socket

from devtools import ports


def listen(port=0):
    server = socket.create_server((ports.HOST, port))
    return server, server.getsockname()[1]


def test_a_free_port_can_be_listened_on():
    server, port = listen(ports.free_port())
    with server:
        assert ports.answers(port)


def test_the_wished_port_is_given_when_it_is_free():
    server, port = listen()
    server.close()
    assert ports.free_port(port) == port


def test_another_port_is_given_when_the_wished_one_is_taken():
    server, port = listen()
    with server:
        found = ports.free_port(port)
        assert found != port
        listen(found)[0].close()


def test_nobody_answers_on_a_free_port():
    assert not ports.answers(ports.free_port())
