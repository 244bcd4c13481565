// Run before each file of the jest project `services`: see startPlatform of test-e2e.
process.env.BILLSTREAM_TEST_OVER = 'services'
