#!/bin/sh
# The command "bimedix2" on a machine that runs the service: with the service's settings, as its user,
# who alone may enter their folder.
exec sudo -u bimedix2 /bin/sh -c \
    'cd /etc/bimedix2 && exec /usr/bin/node /opt/bimedix2/bin/bimedix2.js "$@"' bimedix2 "$@"
