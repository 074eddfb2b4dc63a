"""监测: jobs that look over what the wings did and write findings for people to judge; they decide nothing."""
