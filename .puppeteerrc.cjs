/** WhatsApp Web runs in the Chromium or Chrome of the machine: nothing is downloaded at the installation. */
module.exports = { skipDownload: true };
