"""使用経費: taken in from workbooks or entered one by one."""
