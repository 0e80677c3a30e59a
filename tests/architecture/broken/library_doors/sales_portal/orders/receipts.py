"""Sends what it should leave to messaging."""

import smtplib  # breaks: messaging/mail

from flask_mail import Message  # breaks: messaging/mail
from urllib.request import urlopen  # breaks: messaging/webhook
from urllib.parse import urlsplit
