"""What the doors share: requests, commits at the edge, refusals as answers, headers, htmx, sign-in."""
