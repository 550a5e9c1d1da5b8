"""What the library costs against its alternatives, as ratios of runs that take turns on one machine."""
