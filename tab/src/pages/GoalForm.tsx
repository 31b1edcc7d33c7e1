export function NewGoal() { return null; }
export function EditGoal() { return null; }
