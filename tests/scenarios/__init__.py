"""Stories of agencies, played through the product's own actions on a frozen clock."""
