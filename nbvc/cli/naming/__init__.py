"""What arguments name: files, versions, repositories, stores, histories."""
