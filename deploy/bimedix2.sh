#!/bin/sh
# The command "bimedix2" on a machine that runs the service: with the service's settings, as its user,
# who alone may enter their folder.

# Models lie in the program's folder, which root alone may write to.
if [ "$1" = pull ]; then
    exec sudo --preserve-env=HF_TOKEN,HF_ENDPOINT,HTTPS_PROXY,NO_PROXY,NODE_USE_ENV_PROXY,LANG /bin/sh -c \
        'umask 022; cd /opt/bimedix2 && BIMEDIX2_CONFIG=/etc/bimedix2/clinic.yaml \
            exec /usr/bin/node /opt/bimedix2/bin/bimedix2.js "$@"' bimedix2 "$@"
fi

exec sudo -u bimedix2 /bin/sh -c \
    'cd /etc/bimedix2 && exec /usr/bin/node /opt/bimedix2/bin/bimedix2.js "$@"' bimedix2 "$@"
